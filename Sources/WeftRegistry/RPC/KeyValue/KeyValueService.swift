import WeftDiscovery
import WeftRPC

/// `weft.registry.v1.KeyValueService` on a ``Registry``.
struct KeyValueService: Weft_Registry_V1_KeyValueServiceHandler {
  let registry: Registry

  func getKey(
    _ request: Weft_Registry_V1_GetKeyRequest, context: ServerContext
  ) async throws -> Weft_Registry_V1_GetKeyResponse {
    try registry.scope(of: context).require(.key(request.key, .read), field: "key")
    try KeyValueOperation.get(key: request.key).validate(registry.configuration.limits)
    guard let entry = registry.keyValue(request.key).entry else {
      throw RegistryError.notFound("key: there is no key \(FieldCheck(field: "").quoted(request.key))")
    }
    var response = Weft_Registry_V1_GetKeyResponse()
    response.entry = entry.message
    return response
  }

  func listKeys(
    _ request: Weft_Registry_V1_ListKeysRequest, context: ServerContext
  ) async throws -> Weft_Registry_V1_ListKeysResponse {
    let scope = try registry.scope(of: context)
    try KeyValueOperation.getTree(prefix: request.prefix).validate(registry.configuration.limits)
    // One may list what one may read, and learns nothing of the rest.
    return KeyPage(request, registry: registry) { scope.allows(.key($0, .read)) }.response()
  }

  func putKey(
    _ request: Weft_Registry_V1_PutKeyRequest, context: ServerContext
  ) async throws -> Weft_Registry_V1_PutKeyResponse {
    let (revision, result) = try await perform(KeyValueOperation(request), context)
    var response = Weft_Registry_V1_PutKeyResponse()
    response.done = result.isDone
    response.refusal = result.refusal ?? ""
    response.revision = revision
    return response
  }

  func deleteKey(
    _ request: Weft_Registry_V1_DeleteKeyRequest, context: ServerContext
  ) async throws -> Weft_Registry_V1_DeleteKeyResponse {
    let (revision, result) = try await perform(KeyValueOperation(request), context)
    var response = Weft_Registry_V1_DeleteKeyResponse()
    response.done = result.isDone
    response.refusal = result.refusal ?? ""
    response.revision = revision
    return response
  }

  private func perform(
    _ operation: KeyValueOperation, _ context: ServerContext
  ) async throws -> (revision: UInt64, result: KeyValueResult) {
    let scope = try registry.scope(of: context)
    try scope.require(operation, registry: registry)
    return try await registry.perform(operation, by: scope.actor)
  }

  func transact(
    _ request: Weft_Registry_V1_TransactRequest, context: ServerContext
  ) async throws -> Weft_Registry_V1_TransactResponse {
    let scope = try registry.scope(of: context)
    var operations: [TransactionOperation] = []
    for (index, message) in request.operations.enumerated() {
      let field = "operations[\(index)]"
      let operation = try KeyValueOperation(message, field: field)
      try scope.require(operation, registry: registry, field: field)
      operations.append(.keyValue(operation))
    }
    for (index, message) in request.catalogue.enumerated() {
      let field = "catalogue[\(index)]"
      let operation = try TransactionOperation(message, field: field)
      try scope.require(operation, field: field)
      operations.append(operation)
    }
    let outcome = try await registry.transact(operations, by: scope.actor)
    var response = Weft_Registry_V1_TransactResponse()
    response.results = outcome.results.compactMap { result in
      // A tree may hold keys that the caller may not read.
      guard case .keyValue(let entry) = result, scope.allows(.key(entry.key, .read)) else { return nil }
      return entry.message
    }
    response.failures = outcome.failures.map { failure in
      var message = Weft_Registry_V1_TransactResponse.Failure()
      message.operation = UInt32(clamping: failure.operation)
      message.reason = failure.reason
      return message
    }
    response.revision = outcome.revision
    return response
  }

  func watchKeys(
    _ request: Weft_Registry_V1_WatchKeysRequest,
    responses: ResponseWriter<Weft_Registry_V1_WatchKeysResponse>,
    context: ServerContext
  ) async throws {
    let prefix = request.prefix
    try KeyValueOperation.getTree(prefix: prefix).validate(registry.configuration.limits)
    _ = try registry.scope(of: context)
    let start = WatchPosition(history: request.history, revision: request.afterRevision)
    for await update in try registry.watchKeys(prefix: prefix, from: start) {
      // Rules may change while it lasts.
      let scope = try registry.scope(of: context)
      for message in update.messages(where: { scope.allows(.key($0, .read)) }) {
        try await responses.write(message)
      }
    }
    try Task.checkCancellation()
    throw RegistryError.unavailable("the registry is shutting down")
  }
}

extension KeyValueOperation {
  init(_ request: Weft_Registry_V1_DeleteKeyRequest) throws(RegistryError) {
    switch (request.recurse, request.ifRevision) {
    case (true, nil): self = .deleteTree(prefix: request.key)
    case (false, nil): self = .delete(key: request.key)
    case (false, let revision?): self = .compareAndDelete(key: request.key, revision: revision)
    case (true, _?):
      throw FieldCheck(field: "if_revision").fail("goes with a single key, not with recurse")
    }
  }
}

extension AccessScope {
  /// Who locks a key speaks for a session, so it must be allowed to write sessions of its node, too.
  func require(
    _ operation: KeyValueOperation, registry: Registry, field: String = ""
  ) throws(RegistryError) {
    let path = field.isEmpty ? "" : field + "."
    let permission: AccessPermission = operation.isWrite ? .write : .read
    switch operation {
    case .deleteTree(let prefix): try require(.keyTree(prefix, permission), field: path + "key")
    // What is read of a tree is filtered.
    case .getTree: break
    case .lock(let key, _, _, let session):
      try require(.key(key, permission), field: path + "key")
      if let node = registry.session(session).session?.node {
        try require(.session(node: node, .write), field: path + "session")
      }
    default: try require(.key(operation.key, permission), field: path + "key")
    }
  }
}
