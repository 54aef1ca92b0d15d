import WeftProtobuf

/// `/v1/event`.
struct EventEndpoints {
  /// As much as Consul's gossip carries.
  static let payloadLimit = 512

  let context: ConsulContext

  var routes: [Route] {
    [
      .put("/v1/event/fire/") { [context] in try Self.fire(context, $0) },
      .get("/v1/event/list") { [context] in try await Self.list(context, $0) },
    ]
  }

  private static func fire(_ context: ConsulContext, _ request: ConsulRequest) throws -> ConsulAnswer {
    let name = try request.requiredName("name")
    try request.require(.event(name, .write))
    guard request.body.readableBytes <= payloadLimit else {
      throw ConsulError(
        413, "The payload has \(request.body.readableBytes) bytes; an event carries at most \(payloadLimit)")
    }
    let (node, service, tag) = (
      request.query.text("node") ?? "", request.query.text("service") ?? "", request.query.text("tag") ?? ""
    )
    for (pattern, what) in [(node, "node"), (service, "service"), (tag, "tag")] {
      do {
        _ = try Pattern(pattern)
      } catch {
        throw ConsulError.badRequest("Invalid \(what) filter: error parsing regexp: \(error)")
      }
    }
    if !tag.isEmpty, service.isEmpty {
      throw ConsulError.badRequest("Cannot provide tag filter without service filter")
    }
    var event = context.events.fire(
      name: name, payload: Array(request.body.readableBytesView), node: node, service: service, tag: tag)
    // Who fires it is not told when it comes round.
    event.time = 0
    return .json { write(event, to: &$0) }
  }

  private static func list(_ context: ConsulContext, _ request: ConsulRequest) async throws -> ConsulAnswer {
    let options = try ReadOptions(request.query)
    let name = request.query.text("name")
    if options.index > 0 {
      await context.events.wait(name: name, after: options.index, timeout: options.jitteredWait)
      try Task.checkCancellation()
    }
    let (index, all) = context.events.list(name: name)
    let events = all.filter { request.allows(.event($0.name, .read)) }
    return ConsulAnswer.json { $0.array(events) { write($1, to: &$0) } }.with("x-consul-index", String(index))
  }

  private static func write(_ event: UserEvent, to output: inout JSONOutput) {
    output.beginObject()
    output.field("ID", event.id)
    output.field("Name", event.name)
    output.key("Payload")
    if event.payload.isEmpty { output.null() } else { output.base64(event.payload) }
    output.field("NodeFilter", event.nodeFilter)
    output.field("ServiceFilter", event.serviceFilter)
    output.field("TagFilter", event.tagFilter)
    output.field("Version", 1)
    output.field("LTime", event.time)
    output.endObject()
  }
}
