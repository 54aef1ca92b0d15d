/// All services as of one revision.
public struct CatalogueSnapshot: Sendable, Hashable {
  public var revision: UInt64
  /// By service name; the instances of each are sorted by id. A service without instances is not listed.
  public var services: [String: [ServiceInstance]]

  public init(revision: UInt64 = 0, services: [String: [ServiceInstance]] = [:]) {
    self.revision = revision
    self.services = services
  }

  /// The instances of one service, sorted by id; empty when it has none.
  public func instances(of service: String) -> [ServiceInstance] {
    services[service] ?? []
  }
}
