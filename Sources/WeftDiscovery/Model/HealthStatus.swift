/// How well something is; the worse, the greater. The raw values are Consul's words.
public enum HealthStatus: String, Sendable, Hashable, Comparable, CaseIterable {
  case passing, warning, critical

  public static func < (a: HealthStatus, b: HealthStatus) -> Bool { a.severity < b.severity }

  private var severity: Int {
    switch self {
    case .passing: 0
    case .warning: 1
    case .critical: 2
    }
  }
}

/// How a check stands, and why.
public struct CheckState: Sendable, Hashable {
  public var status: HealthStatus
  /// What the last run said: why the status is as it is.
  public var output: String
  /// When ``status`` last changed, since 1970-01-01T00:00:00Z, to the millisecond.
  public var changedAt: Duration

  public init(status: HealthStatus, output: String = "", changedAt: Duration = .zero) {
    self.status = status
    self.output = output
    self.changedAt = changedAt
  }
}
