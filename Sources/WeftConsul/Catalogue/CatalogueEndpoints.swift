import WeftDiscovery
import WeftProtobuf
import WeftRegistry

/// `/v1/catalog`: reading.
struct CatalogueEndpoints {
  let context: ConsulContext

  var routes: [Route] {
    [
      .get("/v1/catalog/datacenters") { [context] _ in
        .json { $0.array([context.datacenter]) { $0.string($1) } }
      },
      .get("/v1/catalog/nodes") { [context] in try await Self.nodes(context, $0) },
      .get("/v1/catalog/services") { [context] in try await Self.services(context, $0) },
      .get("/v1/catalog/service/") { [context] in try await Self.service(context, $0) },
      .get("/v1/catalog/node/") { [context] in try await Self.node(context, $0, asList: false) },
      .get("/v1/catalog/node-services/") { [context] in try await Self.node(context, $0, asList: true) },
    ]
  }

  private static func nodes(_ context: ConsulContext, _ request: ConsulRequest) async throws -> ConsulAnswer {
    try await context.read(request, of: .nodes) { options throws(ConsulError) in
      let filter = try context.nodeSchema.filter(options.filter)
      let nodes = context.registry.nodes().nodes.map(\.asShown)
        .filter { request.allows(.node($0.name, .read)) && $0.has(options.nodeMeta) && (filter?($0) ?? true) }
        .nearFirst(options.near) { $0.name }
      try filter?.finish()
      var output = JSONOutput(escaping: .markup)
      output.array(nodes) { $1.write(to: &$0, context.datacenter) }
      return output
    }
  }

  private static func services(_ context: ConsulContext, _ request: ConsulRequest) async throws
    -> ConsulAnswer
  {
    try await context.read(request, of: .services) { options throws(ConsulError) in
      let filter = try context.flatSchema.filter(options.filter)
      var tags: [String: Set<String>] = [:]
      for view in context.allViews(for: request)
      where request.allows(.service(view.instance.qualifiedService, .read)) && view.node.has(options.nodeMeta)
        && (filter?(view) ?? true)
      {
        tags[view.instance.service, default: []].formUnion(view.instance.tags)
      }
      try filter?.finish()
      var output = JSONOutput(escaping: .markup)
      output.beginObject()
      for (service, tags) in tags.sorted(by: { $0.key < $1.key }) {
        output.key(service)
        output.array(tags.sorted()) { $0.string($1) }
      }
      output.endObject()
      return output
    }
  }

  private static func service(_ context: ConsulContext, _ request: ConsulRequest) async throws -> ConsulAnswer
  {
    let name = try request.requiredName("service name")
    return try await context.read(request, of: .service(request.qualified(name))) {
      options throws(ConsulError) in
      let filter = try context.flatSchema.filter(options.filter)
      let views = context.views(of: name, for: request).chosen(by: request, options, filter)
      try filter?.finish()
      var output = JSONOutput(escaping: .markup, reserving: 1_024 * (views.count + 1))
      output.array(views) { $1.writeFlat(to: &$0, context.datacenter) }
      return output
    }
  }

  private static func node(
    _ context: ConsulContext, _ request: ConsulRequest, asList: Bool
  ) async throws -> ConsulAnswer {
    let name = try request.requiredName("node name")
    return try await context.read(request, of: .node(name)) { options throws(ConsulError) in
      let filter = try ServiceInstance.schema.filter(options.filter)
      let node = request.allows(.node(name, .read)) ? context.registry.node(name)?.asShown : nil
      let instances = (node.map { context.instances(on: $0, for: request) } ?? [])
        .filter { request.allows(.service($0.qualifiedService, .read)) && (filter?($0) ?? true) }
      try filter?.finish()
      var output = JSONOutput(escaping: .markup)
      if node == nil, !asList {
        output.null()
        return output
      }
      output.beginObject()
      output.key("Node")
      if let node { node.write(to: &output, context.datacenter) } else { output.null() }
      output.key("Services")
      if asList { output.beginArray() } else { output.beginObject() }
      for instance in instances {
        if !asList { output.key(instance.id) }
        instance.write(
          to: &output, address: instance.address.isEmpty ? node?.address ?? "" : instance.address)
      }
      if asList { output.endArray() } else { output.endObject() }
      output.endObject()
      return output
    }
  }
}
