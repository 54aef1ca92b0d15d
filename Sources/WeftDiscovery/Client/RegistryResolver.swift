import WeftRPC

/// Resolves `weft:///NAME` to the instances of a service, from a live ``Catalogue``.
///
/// The list is replaced only by what a registry said: while the registry is away the last one stays. A service
/// that has no instances resolves to an empty list, so that callers fail at once instead of dialling the dead.
public struct RegistryResolver: Resolver {
  private let catalogue: Catalogue

  /// The catalogue must be running.
  public init(catalogue: Catalogue) {
    self.catalogue = catalogue
  }

  public func resolve(_ request: ResolverRequest) -> AsyncStream<Resolution> {
    let service = request.target.endpoint
    let snapshots = catalogue.snapshots()
    return AsyncStream { continuation in
      let task = Task {
        var last: [Endpoint]?
        for await snapshot in snapshots {
          let endpoints = snapshot.instances(of: service).compactMap { Endpoint($0) }
          if endpoints != last { continuation.yield(.endpoints(endpoints)) }
          last = endpoints
        }
        continuation.finish()
      }
      continuation.onTermination = { _ in task.cancel() }
    }
  }
}

extension Endpoint {
  /// Where an instance is, and who it must prove to be; nil for one that is not to be called: it is critical or in
  /// maintenance, has no port, or has no weight while its status is a warning.
  init?(_ instance: ServiceInstance) {
    let weight: Int
    switch instance.status {
    case .passing: weight = instance.weight
    case .warning: weight = instance.warningWeight
    case .critical: return nil
    }
    guard weight > 0, instance.port > 0, !instance.address.isEmpty else { return nil }
    self.init(
      host: instance.address, port: instance.port, weight: weight,
      serverIdentity: ServiceIdentity.uri(for: instance.service))
  }
}
