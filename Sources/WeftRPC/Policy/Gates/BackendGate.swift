import WeftHTTP2

/// The gate of one subchannel: of the parts, those that are configured.
final class BackendGate: SubchannelGate {
  private let health: HealthWatch?
  private let outliers: (tally: OutlierTally, detector: OutlierDetector)?
  private let breaker: CircuitBreaker?
  private let limit: RequestLimit?

  init(
    health: HealthWatch?, outliers: (OutlierTally, OutlierDetector)?, breaker: CircuitBreaker?,
    limit: RequestLimit?
  ) {
    self.health = health
    self.outliers = outliers
    self.breaker = breaker
    self.limit = limit
  }

  var admits: Bool {
    if let health, !health.isServing { return false }
    if let outliers, outliers.tally.isEjected { return false }
    if let breaker, !breaker.admits { return false }
    if let limit, !limit.hasRoom { return false }
    return true
  }

  var refusal: GateRefusal? {
    if let refusal = health?.refusal { return refusal }
    if let outliers, outliers.tally.isEjected {
      return GateRefusal(isPending: false, reason: "ejected, because its calls fail more often than others'")
    }
    if let refusal = breaker?.refusal { return refusal }
    return limit?.refusal
  }

  func began() -> Bool {
    if let limit, !limit.began() { return false }
    if let breaker, !breaker.began() {
      limit?.ended()
      return false
    }
    return true
  }

  func ended(_ failure: CallFailure?) {
    limit?.ended()
    breaker?.ended(failure)
    if failure?.tellsNothing != true { outliers?.tally.record(isSuccess: failure == nil) }
  }

  func connected(_ connection: HTTP2ClientConnection) {
    health?.connected(connection)
    breaker?.connected()
  }

  func lost(_ connection: HTTP2ClientConnection) {
    health?.lost(connection)
    breaker?.lost()
  }

  func removed() {
    health?.removed()
    breaker?.stop()
    if let outliers { outliers.detector.remove(outliers.tally) }
  }
}

extension CallFailure {
  /// The call ended for a reason that says nothing of the backend: the caller gave up, or the stream was
  /// refused, as every server does while it drains.
  var tellsNothing: Bool {
    isUnprocessed || (error.code == .cancelled && !isFromServer)
  }
}
