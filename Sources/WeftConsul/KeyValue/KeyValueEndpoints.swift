import NIOCore
import WeftProtobuf
import WeftRegistry

/// `/v1/kv`.
struct KeyValueEndpoints {
  let context: ConsulContext

  var routes: [Route] {
    [
      Route(
        "/v1/kv/",
        [
          "GET": { [context] in try await Self.get(context, $0) },
          "PUT": { [context] in try await Self.put(context, $0) },
          "DELETE": { [context] in try await Self.delete(context, $0) },
        ])
    ]
  }

  // MARK: Reads

  private static func get(_ context: ConsulContext, _ request: ConsulRequest) async throws -> ConsulAnswer {
    if try request.query.flag("keys") { return try await names(context, request) }
    if try request.query.flag("recurse") { return try await tree(context, request) }
    let key = try request.requiredName("key name")
    let options = try ReadOptions(request.query)
    try request.require(.key(key, .read))
    try await context.wait(for: .kvKey(key), options)
    let (index, entry) = context.registry.keyValue(key)
    guard let entry else { return nothing(index) }
    if try request.query.flag("raw") {
      return ConsulAnswer(
        fields: [
          "content-type": "text/plain", "x-content-type-options": "nosniff",
          "content-security-policy": "sandbox",
        ], body: ByteBuffer(bytes: entry.value)
      ).at(index: index)
    }
    return ConsulAnswer.json { $0.array([entry]) { $1.write(to: &$0) } }
      .at(index: index)
  }

  private static func tree(_ context: ConsulContext, _ request: ConsulRequest) async throws -> ConsulAnswer {
    let options = try ReadOptions(request.query)
    try await context.wait(for: .kvPrefix(request.name), options)
    let (index, all) = context.registry.keyValues(prefix: request.name)
    let entries = request.scope.isUnrestricted ? all : all.filter { request.allows(.key($0.key, .read)) }
    guard !entries.isEmpty else { return nothing(index) }
    return await offLoop {
      var output = JSONOutput(
        escaping: .markup,
        reserving: entries.reduce(64) { $0 + 160 + $1.key.utf8.count + $1.value.count * 4 / 3 })
      output.array(entries) { $1.write(to: &$0) }
      return ConsulAnswer.json(output).at(index: index)
    }
  }

  private static func names(_ context: ConsulContext, _ request: ConsulRequest) async throws -> ConsulAnswer {
    let options = try ReadOptions(request.query)
    let separator = request.query.text("separator") ?? ""
    try await context.wait(for: .kvPrefix(request.name), options)
    let (index, all) = context.registry.keyNames(prefix: request.name, separator: separator)
    let names = request.scope.isUnrestricted ? all : all.filter { request.allows(.key($0, .read)) }
    // Of the whole there is always a list.
    guard !names.isEmpty || request.name.isEmpty else { return nothing(index) }
    return await offLoop {
      ConsulAnswer.json { $0.array(names) { $0.string($1) } }.at(
        index: index)
    }
  }

  /// Not found, and since when.
  private static func nothing(_ index: UInt64) -> ConsulAnswer {
    ConsulAnswer(status: 404).at(index: index)
  }

  private static func offLoop(_ make: @escaping @Sendable () -> ConsulAnswer) async -> ConsulAnswer {
    await withTaskExecutorPreference(globalConcurrentExecutor) { make() }
  }

  // MARK: Writes

  private static func put(_ context: ConsulContext, _ request: ConsulRequest) async throws -> ConsulAnswer {
    try refuseConflicts(["acquire", "release", "cas"], request)
    let key = try request.requiredName("key name")
    let value = Array(request.body.readableBytesView)
    let flags = try request.query.unsigned("flags") ?? 0
    try request.require(.key(key, .write))
    let operation: KeyValueOperation
    if request.query.has("acquire") {
      operation = .lock(key: key, value: value, flags: flags, session: try session("acquire", request))
    } else if request.query.has("release") {
      operation = .unlock(key: key, value: value, flags: flags, session: try session("release", request))
    } else if let revision = try request.query.unsigned("cas") {
      operation = .compareAndSet(key: key, value: value, flags: flags, revision: revision)
    } else {
      operation = .set(key: key, value: value, flags: flags)
    }
    return .json(try await context.registry.perform(operation, by: request.actor).result.isDone)
  }

  private static func delete(_ context: ConsulContext, _ request: ConsulRequest) async throws -> ConsulAnswer
  {
    try refuseConflicts(["cas", "recurse"], request)
    let operation: KeyValueOperation
    if try request.query.flag("recurse") {
      try request.require(.keyTree(request.name, .write))
      operation = .deleteTree(prefix: request.name)
    } else {
      let key = try request.requiredName("key name")
      try request.require(.key(key, .write))
      operation =
        try request.query.unsigned("cas").map { .compareAndDelete(key: key, revision: $0) }
        ?? .delete(key: key)
    }
    return .json(try await context.registry.perform(operation, by: request.actor).result.isDone)
  }

  private static func session(_ flag: String, _ request: ConsulRequest) throws(ConsulError) -> String {
    guard let session = request.query.text(flag) else { throw .badRequest("missing session") }
    return session
  }

  private static func refuseConflicts(_ flags: [String], _ request: ConsulRequest) throws(ConsulError) {
    guard flags.filter({ request.query.has($0) }).count > 1 else { return }
    let all = request.query.all.sorted { $0.name < $1.name }.map { "\($0.name)=\($0.value)" }
    throw .badRequest("Conflicting flags: \(all.joined(separator: "&").prefix(512))")
  }
}

extension KeyValueEntry {
  /// - Parameter isValueKnown: false where an answer leaves the value out, as null.
  func write(to output: inout JSONOutput, isValueKnown: Bool = true) {
    output.beginObject()
    output.field("LockIndex", lockIndex)
    output.field("Key", key)
    output.field("Flags", flags)
    output.key("Value")
    // Clients know an empty value by its being null.
    if isValueKnown, !value.isEmpty { output.base64(value) } else { output.null() }
    if let session { output.field("Session", session) }
    output.field("CreateIndex", createdRevision)
    output.field("ModifyIndex", modifiedRevision)
    output.endObject()
  }
}
