import Synchronization

/// What a channel knows of a method: decided once, looked up once per call.
final class ChannelMethod: Sendable {
  let method: MethodPath
  let config: MethodConfig?
  let metrics: ClientMethodMetrics
  /// Those around its calls, outermost first.
  let interceptors: [any ClientInterceptor]

  init(
    _ method: MethodPath, config: MethodConfig?, metrics: ClientMethodMetrics,
    interceptors: [any ClientInterceptor]
  ) {
    self.method = method
    self.config = config
    self.metrics = metrics
    self.interceptors = interceptors
  }
}

/// The methods that were called on a channel.
final class ChannelMethods: Sendable {
  private let table: MethodConfigTable
  private let metrics: ChannelMetrics
  private let interceptors: [any ClientInterceptor]
  private let known = Mutex<[MethodPath: ChannelMethod]>([:])

  /// More than any service has. Callers that make names up do not fill the memory.
  private static let maxKnown = 1_000

  init(_ config: ServiceConfig, metrics: ChannelMetrics, interceptors: [any ClientInterceptor]) {
    table = MethodConfigTable(config.methods)
    self.metrics = metrics
    self.interceptors = interceptors
  }

  func method(_ method: MethodPath) -> ChannelMethod {
    known.withLock { known in
      if let known = known[method] { return known }
      let made = ChannelMethod(
        method, config: table.config(for: method.path), metrics: metrics.method(method.path),
        interceptors: interceptors.covering(method.path))
      if known.count < Self.maxKnown { known[method] = made }
      return made
    }
  }
}
