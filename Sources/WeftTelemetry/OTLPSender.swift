import Logging
import Synchronization
import WeftRPC

/// Sends one request, again where OTLP says that another attempt may succeed.
final class OTLPSender: Sendable {
  private let configuration: OTLPConfiguration
  private let logger: Logger
  /// Whether the last request failed: only changes are worth a line in the log.
  private let isFailing = Atomic(false)

  init(_ configuration: OTLPConfiguration, logger: Logger) {
    self.configuration = configuration
    self.logger = logger
  }

  /// - Parameter export: gives how many were refused, and why.
  /// - Returns: how many were refused; nil when nothing was taken.
  func send(
    _ what: String, attempts: Int, _ export: (CallOptions) async throws -> (rejected: Int, message: String)
  ) async -> Int? {
    var pause = Duration.milliseconds(500)
    for attempt in 1...max(attempts, 1) {
      do {
        let options = CallOptions(timeout: configuration.timeout, metadata: configuration.metadata)
        let answer = try await export(options)
        if isFailing.exchange(false, ordering: .relaxed) { logger.info("the collector takes \(what) again") }
        if answer.rejected > 0 {
          logger.warning(
            "the collector refused some \(what)",
            metadata: ["count": "\(answer.rejected)", "reason": "\(answer.message)"])
        }
        return answer.rejected
      } catch {
        let error = RPCError(handlerError: error)
        let wait = Self.delay(before: error) ?? (Self.mayFollow(error) ? pause : nil)
        guard let wait, attempt < attempts, !Task.isCancelled else {
          report(what, error)
          return nil
        }
        try? await Task.sleep(for: wait * Double.random(in: 0.8...1.2))
        pause = min(pause * 2, .seconds(10))
      }
    }
    return nil
  }

  private func report(_ what: String, _ error: RPCError) {
    if isFailing.exchange(true, ordering: .relaxed) { return }
    logger.warning("the collector takes no \(what)", metadata: ["error": "\(error)"])
  }

  /// What the receiver asks for, kept within reason.
  private static func delay(before error: RPCError) -> Duration? {
    guard error.code == .resourceExhausted || error.code == .unavailable else { return nil }
    return error.details(of: Google_Rpc_RetryInfo.self).first?.retryDelay.map {
      min(max($0.duration, .milliseconds(10)), .seconds(60))
    }
  }

  /// The statuses that OTLP calls retryable. RESOURCE_EXHAUSTED is one only with a delay.
  private static func mayFollow(_ error: RPCError) -> Bool {
    switch error.code {
    case .cancelled, .deadlineExceeded, .aborted, .outOfRange, .unavailable, .dataLoss: true
    default: false
    }
  }
}

extension RPCError {
  /// Whatever a call threw, as a status.
  fileprivate init(handlerError error: any Error) {
    switch error {
    case let error as RPCError: self = error
    case is CancellationError: self.init(.cancelled, "the export was cancelled")
    default: self.init(.unknown, String(describing: error))
    }
  }
}
