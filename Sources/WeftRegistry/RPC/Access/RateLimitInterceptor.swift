import WeftHTTP2
import WeftRPC

/// Turns calls away of a client that makes too many, and tells it when to come back.
struct RateLimitInterceptor: ServerInterceptor {
  let limiter: RateLimiter

  func intercept(_ context: ServerContext, _ next: () async throws -> Void) async throws {
    if let delay = limiter.wait(for: context.peer.clientName) {
      throw RPCError(
        .resourceExhausted,
        "more than \(limiter.limit.requestsPerSecond) requests a second; try again in \(delay)"
      ).pushingBack(delay)
    }
    try await next()
  }
}

extension PeerInfo {
  /// What a client is counted by: its certificate, or the address without the port, which each connection has anew.
  package var clientName: String {
    if let identity = identities.first { return identity }
    guard let colon = remoteAddress.lastIndex(of: ":"), !remoteAddress.hasPrefix("unix:") else {
      return remoteAddress
    }
    return String(remoteAddress[..<colon])
  }
}
