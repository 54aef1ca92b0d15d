import Synchronization

/// What a channel knows of a method: decided once, looked up once per call.
final class ChannelMethod: Sendable {
  let config: MethodConfig?
  let metrics: ClientMethodMetrics

  init(config: MethodConfig?, metrics: ClientMethodMetrics) {
    self.config = config
    self.metrics = metrics
  }
}

/// The methods that were called on a channel.
final class ChannelMethods: Sendable {
  private let table: MethodConfigTable
  private let metrics: ChannelMetrics
  private let known = Mutex<[String: ChannelMethod]>([:])

  /// More than any service has. Callers that make names up do not fill the memory.
  private static let maxKnown = 1_000

  init(_ config: ServiceConfig, metrics: ChannelMetrics) {
    table = MethodConfigTable(config.methods)
    self.metrics = metrics
  }

  func method(_ path: String) -> ChannelMethod {
    known.withLock { known in
      if let method = known[path] { return method }
      let method = ChannelMethod(config: table.config(for: path), metrics: metrics.method(path))
      if known.count < Self.maxKnown { known[path] = method }
      return method
    }
  }
}
