import WeftRPC

extension CallOptions {
  /// The metadata in which a caller shows the secret of an access token.
  package static let tokenField = "x-consul-token"

  /// - Parameter token: nil or empty shows none.
  package mutating func show(token: String?) {
    if let token, !token.isEmpty { metadata = [Self.tokenField: token] }
  }
}
