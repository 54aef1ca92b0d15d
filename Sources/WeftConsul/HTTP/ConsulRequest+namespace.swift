import WeftDiscovery
import WeftHTTP2

/// Namespaces, as Consul Enterprise's clients name them: `?ns=`, or `X-Consul-Namespace`; in bodies `Namespace`.
///
/// Services have them, and with them their checks. Nodes, keys, sessions, tokens and events are the same for all, and
/// a request for those in another namespace is refused rather than answered with what is not asked for.
extension ConsulRequest {
  static let namespaceField = "x-consul-namespace"

  static func namespace(_ query: QueryParameters, _ fields: HTTPFields) throws(ConsulError) -> String {
    let name = query.text("ns") ?? fields[namespaceField].flatMap { $0.isEmpty ? nil : $0 }
    guard let name else { return ServiceInstance.defaultNamespace }
    if name == "*" { throw .badRequest("ns: one namespace at a time is told; \"*\" is none") }
    if name.contains("/") { throw .badRequest("ns: \"\(name.prefix(64))\" is no namespace: it has a slash") }
    return name
  }

  var isDefaultNamespace: Bool { namespace == ServiceInstance.defaultNamespace }

  /// Throws when a path has no namespaces and another than the default one is asked for.
  func requireNamespaces() throws(ConsulError) {
    guard !isDefaultNamespace, !Self.namespaced.contains(where: { path.hasPrefix($0) }) else { return }
    throw .badRequest("ns: only services and their checks have namespaces in this registry; leave it out")
  }

  private static let namespaced = [
    "/v1/agent/service", "/v1/agent/check", "/v1/agent/health/", "/v1/catalog/", "/v1/health/",
  ]

  /// The namespace of a service that is registered: its own, or the one of the request.
  func namespace(of body: BodyObject) throws(ConsulError) -> String {
    guard let name = try body.string("Namespace"), !name.isEmpty else { return namespace }
    if !isDefaultNamespace, name != namespace {
      throw .badRequest(
        "\(body.field("Namespace")): the request is about \"\(namespace.prefix(64))\", not about \"\(name.prefix(64))\""
      )
    }
    return name
  }

  /// The name of a service in the request's namespace, as the registry knows it.
  func qualified(_ service: String) -> String {
    isDefaultNamespace ? service : "\(namespace)/\(service)"
  }
}

extension ServiceInstance {
  func isIn(_ request: ConsulRequest) -> Bool { namespace == request.namespace }
}
