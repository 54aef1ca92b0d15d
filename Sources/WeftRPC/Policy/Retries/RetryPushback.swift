import WeftHTTP2

/// What a server says about trying a failed call again: `grpc-retry-pushback-ms` (gRFC A6).
enum RetryPushback: Sendable, Hashable {
  case after(Duration)
  case never

  /// - Returns: nil when the server says nothing.
  init?(trailers: HTTPFields) {
    guard let text = trailers["grpc-retry-pushback-ms"] else { return nil }
    // What is no number, or a negative one, forbids the retry.
    if let milliseconds = Int64(text), milliseconds >= 0 {
      self = .after(.milliseconds(milliseconds))
    } else {
      self = .never
    }
  }
}
