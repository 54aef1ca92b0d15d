import NIOCore

/// How a call ends for its caller, all attempts together, for the metrics.
struct CallEnd: Sendable {
  private let metrics: ClientMethodMetrics
  private let start: NIODeadline
  private var isRecorded = false
  var attempts = 0
  /// INTERNAL until it is known: what the server sent was no reply.
  var code = StatusCode.internalError

  init(_ plan: CallPlan) {
    metrics = plan.shared.metrics
    start = plan.start
  }

  /// The first time counts.
  mutating func record() {
    if isRecorded { return }
    isRecorded = true
    metrics.callEnded(code, since: start, attempts: attempts)
  }

  mutating func record(_ code: StatusCode) {
    self.code = code
    record()
  }
}
