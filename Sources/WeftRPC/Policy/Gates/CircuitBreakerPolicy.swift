/// Keeps calls away from a backend that fails.
///
/// After ``failures`` failed calls in a row the circuit is open: no call is sent for ``openDuration``. Then it
/// is half open: one call is let through, and closes it when it succeeds or opens it again when it fails. It is half open
/// at once when a backend that was gone is connected again, which may be another process.
public struct CircuitBreakerPolicy: Sendable, Hashable {
  public var failures: Int
  public var openDuration: Duration
  /// Statuses that count as failures of the backend. Any other counts as an answer, except CANCELLED, which
  /// tells nothing.
  public var statusCodes: Set<StatusCode>

  public init(
    failures: Int = 5, openDuration: Duration = .seconds(60),
    statusCodes: Set<StatusCode> = [.unavailable, .deadlineExceeded, .internalError, .unknown, .dataLoss]
  ) {
    self.failures = failures
    self.openDuration = openDuration
    self.statusCodes = statusCodes
  }
}
