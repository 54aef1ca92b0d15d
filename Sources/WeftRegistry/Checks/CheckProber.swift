import WeftDiscovery

/// What one run of a check came to.
public struct ProbeResult: Sendable, Hashable {
  public var status: HealthStatus
  /// Why, for people.
  public var output: String

  public init(status: HealthStatus, output: String) {
    self.status = status
    self.output = output
  }
}

/// Goes and looks: the network in a registry, whatever it likes in a test.
public protocol CheckProber: Sendable {
  /// Runs an HTTP, TCP or gRPC check once, within its timeout.
  func probe(_ check: HealthCheck) async -> ProbeResult
}
