/// What versions are counted for: one service in one environment.
public struct ConfigKey: Sendable, Hashable {
  public let service: String
  public let environment: String

  public init(service: String, environment: String) {
    self.service = service
    self.environment = environment
  }
}
