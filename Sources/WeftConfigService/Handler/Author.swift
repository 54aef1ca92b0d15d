import WeftDiscovery
import WeftRPC

/// Who is behind a call.
enum Author {
  static let metadataKey = "x-weft-author"
  static let maxBytes = 256
  static let gateway = ServiceIdentity.uri(for: "gateway")

  /// The identity in the caller's certificate; for the gateway, what it says of its own client. From anyone else the
  /// metadata is not believed: a caller must not sign with another's name.
  static func of(_ context: ServerContext) -> String {
    author(identities: context.peer.identities, claim: context.metadata(metadataKey))
  }

  static func author(identities: [String], claim: String?) -> String {
    guard let identity = identities.first else { return "anonymous" }
    if identities.contains(gateway), let claim, (1...maxBytes).contains(claim.utf8.count),
      Violations.isPlain(claim)
    {
      return claim
    }
    return identity
  }
}
