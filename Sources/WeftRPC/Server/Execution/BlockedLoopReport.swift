import Logging
import Synchronization
import WeftHTTP2

/// Tells of handlers that hold their event loop up: each in the log, but not more often than it helps, and all
/// in the metrics.
final class BlockedLoopReport: Sendable {
  /// How long the log is silent about a handler that it told of.
  private static let silence = Duration.seconds(10)

  private let methods: Set<String>
  private let logger: Logger
  private let lastTold = Mutex<[String: ContinuousClock.Instant]>([:])

  /// - Parameter methods: the server's own. Other servers of the process may share its loops.
  init(methods: Set<String>, logger: Logger) {
    self.methods = methods
    self.logger = logger
  }

  func tell(_ blockage: LoopWatch.Blockage) {
    if let name = blockage.name, !methods.contains(name) { return }
    let name = blockage.name ?? "a task that a handler started"
    let label = blockage.name.map { String($0.dropFirst()) } ?? "other"
    if blockage.isOver {
      MetricsRegistry.shared.histogram(
        "weft_server_loop_blocked_seconds", ["grpc_method": label],
        help: "How long handlers held their event loop up."
      ).record(blockage.duration)
      return
    }
    MetricsRegistry.shared.counter(
      "weft_server_loop_blocked_total", ["grpc_method": label],
      help: "Times that a handler held its event loop up for too long."
    ).add()
    let isNews = lastTold.withLock { told in
      let now = ContinuousClock.now
      if let last = told[name], now - last < Self.silence { return false }
      told[name] = now
      return true
    }
    if isNews {
      logger.warning(
        "a handler holds its event loop up: move it with 'execution' to .pool or .blocking",
        metadata: ["method": "\(name)", "for_at_least": "\(blockage.duration)"])
    }
  }
}
