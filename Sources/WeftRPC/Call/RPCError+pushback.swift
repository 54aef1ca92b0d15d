import WeftProtobuf

extension RPCError {
  static let pushbackField = "grpc-retry-pushback-ms"

  /// The same error, which tells clients when to try again (gRFC A6), as a trailer that retrying clients heed
  /// and as `google.rpc.RetryInfo` for those that look.
  ///
  /// - Parameter delay: nil to have them not try again at all.
  public func pushingBack(_ delay: Duration?) -> RPCError {
    var error = self
    if let delay, error.details == nil {
      error = RPCError(
        code, message,
        details: [
          Google_Rpc_RetryInfo.with {
            $0.retryDelay = .with {
              $0.seconds = delay.components.seconds
              $0.nanos = Int32(delay.components.attoseconds / 1_000_000_000)
            }
          }
        ])
      error.metadata = metadata
    }
    // The key is the protocol's own, which applications cannot set.
    error.metadata.fields.set(
      Self.pushbackField, delay.map { String(max(0, Int64($0 / .milliseconds(1)))) } ?? "-1")
    return error
  }
}
