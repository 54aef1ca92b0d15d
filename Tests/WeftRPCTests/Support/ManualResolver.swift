import WeftRPC

/// Tells the addresses that a test gives it. For one channel.
final class ManualResolver: Resolver {
  private let pair = AsyncStream.makeStream(of: Resolution.self)

  func resolve(_ request: ResolverRequest) -> AsyncStream<Resolution> { pair.stream }

  func send(_ endpoints: [Endpoint]) {
    pair.continuation.yield(.endpoints(endpoints))
  }

  func fail(_ reason: String) {
    pair.continuation.yield(.failed(reason))
  }

  func end() {
    pair.continuation.finish()
  }
}
