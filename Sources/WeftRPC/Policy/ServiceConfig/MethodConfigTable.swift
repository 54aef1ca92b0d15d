/// Finds the settings of a method by its path.
struct MethodConfigTable: Sendable {
  private var methods: [String: MethodConfig] = [:]
  private var services: [Substring: MethodConfig] = [:]
  private var everything: MethodConfig?

  /// The first settings of a name count. (In the JSON form a second one is refused.)
  init(_ configs: [MethodConfig]) {
    for config in configs {
      for name in config.names {
        if name.service.isEmpty {
          everything = everything ?? config
        } else if name.method.isEmpty {
          services[name.service[...]] = services[name.service[...]] ?? config
        } else {
          let path = "/\(name.service)/\(name.method)"
          methods[path] = methods[path] ?? config
        }
      }
    }
  }

  /// - Parameter path: `/package.Service/Method`.
  func config(for path: String) -> MethodConfig? {
    if let config = methods[path] { return config }
    if !services.isEmpty, let slash = path.lastIndex(of: "/"),
      let config = services[path[..<slash].dropFirst()]
    {
      return config
    }
    return everything
  }
}
