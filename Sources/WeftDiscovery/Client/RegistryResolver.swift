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
          let endpoints = snapshot.instances(of: service).map { Endpoint($0) }
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
  /// Where an instance is, and who it must prove to be.
  init(_ instance: ServiceInstance) {
    self.init(
      host: instance.address, port: instance.port, weight: instance.weight,
      serverIdentity: ServiceIdentity.uri(for: instance.service))
  }
}
