import WeftDiscovery
import WeftProtobuf
import WeftRegistry

/// `/v1/session`.
struct SessionEndpoints {
  let context: ConsulContext

  var routes: [Route] {
    [
      .put("/v1/session/create") { [context] in try await Self.create(context, $0) },
      .put("/v1/session/destroy/") { [context] in try await Self.destroy(context, $0) },
      .put("/v1/session/renew/") { [context] in try Self.renew(context, $0) },
      .get("/v1/session/info/") { [context] in try await Self.info(context, $0) },
      .get("/v1/session/list") { [context] in try await Self.list(context, $0, node: nil, scope: .sessions) },
      .get("/v1/session/node/") { [context] in
        let node = try $0.requiredName("node name")
        return try await Self.list(context, $0, node: node, scope: .nodeSessions(node))
      },
    ]
  }

  // MARK: Writes

  private static func create(_ context: ConsulContext, _ request: ConsulRequest) async throws -> ConsulAnswer
  {
    let session = try SessionBody.session(try request.optionalObject(), context)
    try request.require(.session(node: session.node, .write))
    let created = try await context.registry.createSession(session, by: request.actor)
    return .json { output in
      output.beginObject()
      output.field("ID", created.id)
      output.endObject()
    }
  }

  private static func destroy(_ context: ConsulContext, _ request: ConsulRequest) async throws -> ConsulAnswer
  {
    let id = try id(request)
    if let session = context.registry.session(id).session {
      try request.require(.session(node: session.node, .write))
      _ = try await context.registry.destroySession(id, by: request.actor)
    }
    return .json(true)
  }

  private static func renew(_ context: ConsulContext, _ request: ConsulRequest) throws -> ConsulAnswer {
    let id = try id(request)
    if let session = context.registry.session(id).session {
      try request.require(.session(node: session.node, .write))
    }
    guard let session = context.registry.renewSession(id) else {
      throw ConsulError.notFound("Session id '\(id)' not found")
    }
    return .json { $0.array([session]) { $1.write(to: &$0) } }
  }

  /// The id in the path. Consul does not mind where its dashes are.
  private static func id(_ request: ConsulRequest) throws(ConsulError) -> String {
    let id = try request.requiredName("session").lowercased()
    guard UUIDText.hasForm(id) else {
      throw .badRequest("\"\(id.prefix(64))\" is the ID of no session: it is no UUID")
    }
    return id
  }

  // MARK: Reads

  private static func info(_ context: ConsulContext, _ request: ConsulRequest) async throws -> ConsulAnswer {
    let id = try id(request)
    return try await answer(context, request, scope: .session(id)) {
      context.registry.session(id).session.map { [$0] } ?? []
    }
  }

  private static func list(
    _ context: ConsulContext, _ request: ConsulRequest, node: String?, scope: Scope
  ) async throws -> ConsulAnswer {
    try await answer(context, request, scope: scope) { context.registry.sessions(onNode: node).sessions }
  }

  private static func answer(
    _ context: ConsulContext, _ request: ConsulRequest, scope: Scope, _ read: () -> [Session]
  ) async throws -> ConsulAnswer {
    let options = try ReadOptions(request.query)
    try await context.wait(for: scope, options)
    let index = context.registry.index(for: scope)
    let sessions = read().filter { request.allows(.session(node: $0.node, .read)) }
    return ConsulAnswer.json { $0.array(sessions) { $1.write(to: &$0) } }
      .at(index: index)
  }
}

/// A session as a request describes it.
enum SessionBody {
  /// Smaller numbers are seconds, as Consul has it; others are nanoseconds.
  private static let smallestNanoseconds: Int64 = 1_000

  static func session(_ body: BodyObject, _ context: ConsulContext) throws(ConsulError) -> Session {
    let node = try body.string("Node") ?? ""
    var session = Session(name: try body.string("Name") ?? "", node: node.isEmpty ? Node.registryName : node)
    if let delay = number("LockDelay", body) {
      session.lockDelay = delay
    } else if let delay = try body.duration("LockDelay") {
      session.lockDelay = delay
    }
    if let text = try body.string("Behavior"), !text.isEmpty {
      guard let behavior = Session.Behavior(rawValue: text) else {
        throw .badRequest("Invalid Behavior setting '\(text.prefix(64))'")
      }
      session.behavior = behavior
    }
    if let ttl = try ttl(body) {
      guard ttl == .zero || Session.ttlLimits.contains(ttl) else {
        throw .badRequest(
          "Invalid Session TTL '\(GoDuration.nanoseconds(ttl))', must be between [10s=24h0m0s]")
      }
      session.ttl = ttl == .zero ? nil : ttl
    }
    try readChecks(body, into: &session, context)
    return session
  }

  /// A duration that is a bare number.
  private static func number(_ name: String, _ body: BodyObject) -> Duration? {
    guard case .number(let text) = body.value(name), let number = Int64(text) else { return nil }
    return number < smallestNanoseconds ? .seconds(number) : .nanoseconds(number)
  }

  /// Consul takes only texts; numbers are meant as those of LockDelay are.
  private static func ttl(_ body: BodyObject) throws(ConsulError) -> Duration? {
    if let ttl = number("TTL", body) { return ttl }
    guard let text = try body.string("TTL"), !text.isEmpty else { return nil }
    if let ttl = GoDuration.parse(text) { return ttl }
    throw .badRequest(
      "Session TTL '\(text.prefix(64))' invalid: time: invalid duration \"\(text.prefix(64))\"")
  }

  private static func readChecks(
    _ body: BodyObject, into session: inout Session, _ context: ConsulContext
  ) throws(ConsulError) {
    if let checks = try body.strings("NodeChecks") {
      session.nodeChecks = checks
    } else if session.node == Node.registryName, try body.strings("Checks") != [] {
      session.nodeChecks = [CheckView.serfHealthID]
    }
    for check in try body.objects("ServiceChecks") {
      if let id = try check.string("ID") { session.serviceChecks.append(id) }
    }
    guard let checks = try body.strings("Checks") else { return }
    // The older field does not say whose they are.
    let ofNode = Set(context.registry.node(session.node)?.checks.map(\.id) ?? [])
    session.nodeChecks += checks.filter { ofNode.contains($0) && !session.nodeChecks.contains($0) }
    session.serviceChecks += checks.filter { !ofNode.contains($0) }
  }
}

extension Session {
  func write(to output: inout JSONOutput) {
    output.beginObject()
    output.field("ID", id)
    output.field("Name", name)
    output.field("Node", node)
    output.field("LockDelay", GoDuration.nanoseconds(lockDelay))
    output.field("Behavior", behavior.rawValue)
    output.field("TTL", ttl.map { GoDuration.format($0) } ?? "")
    output.field("NodeChecks", nodeChecks)
    output.key("ServiceChecks")
    output.array(serviceChecks) { output, check in
      output.beginObject()
      output.field("ID", check)
      output.field("Namespace", "")
      output.endObject()
    }
    if !serviceChecks.isEmpty { output.field("Checks", serviceChecks) }
    output.field("CreateIndex", createdRevision)
    output.field("ModifyIndex", modifiedRevision)
    output.endObject()
  }
}
