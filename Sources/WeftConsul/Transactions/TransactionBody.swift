import WeftDiscovery
import WeftProtobuf
import WeftRegistry

/// Why an operation cannot be part of a transaction.
enum TransactionRefusal: Error {
  /// The transaction fails with this reason at the operation.
  case operation(String)
  /// The request as a whole is refused.
  case request(ConsulError)
}

/// One operation of `/v1/txn`.
struct TransactionBody {
  /// Nil for an operation of no kind, which does nothing.
  private(set) var operation: TransactionOperation?
  private let context: ConsulContext
  private let request: ConsulRequest

  init(_ body: BodyObject, _ context: ConsulContext, _ request: ConsulRequest) throws(TransactionRefusal) {
    self.context = context
    self.request = request
    do throws(ConsulError) {
      try body.allowOnly(.operation)
      if let body = try body.object("KV") {
        operation = try keyValue(body)
      } else if let body = try body.object("Node") {
        operation = try node(body)
      } else if let body = try body.object("Service") {
        operation = try service(body)
      } else if let body = try body.object("Check") {
        operation = try check(body)
      } else if let body = try body.object("Session") {
        operation = try session(body)
      }
    } catch {
      throw error.status == Self.failed ? .operation(error.message) : .request(error)
    }
  }

  private static let kinds = ["KV", "Node", "Service", "Check", "Session"]
  private static let changes: Set<String> = [
    "set", "cas", "lock", "unlock", "delete", "delete-cas", "delete-tree",
  ]

  /// Whether an operation would change something, going by its verb.
  static func changesSomething(_ body: BodyObject) throws(ConsulError) -> Bool {
    for kind in kinds {
      if let operation = try body.object(kind) { return changes.contains(try operation.string("Verb") ?? "") }
    }
    return false
  }

  /// Marks errors that are the operation's and not the request's.
  private static let failed = 409

  private func fail(_ reason: String) -> ConsulError { ConsulError(Self.failed, reason) }

  private func require(_ wanted: AccessRequest) throws(ConsulError) {
    guard request.allows(wanted) else { throw fail("Permission denied") }
  }

  private func verb(_ body: BodyObject) throws(ConsulError) -> String { try body.string("Verb") ?? "" }

  private func index(_ body: BodyObject) throws(ConsulError) -> UInt64 {
    try body.integer("Index", as: UInt64.self) ?? 0
  }

  // MARK: Keys

  private func keyValue(_ body: BodyObject) throws(ConsulError) -> TransactionOperation {
    try body.allowOnly(.keyOperation)
    let key = try body.string("Key") ?? ""
    let value = try value(body)
    let flags = try body.integer("Flags", as: UInt64.self) ?? 0
    let session = try body.string("Session") ?? ""
    let index = try index(body)
    let verb = try verb(body)
    let operation: KeyValueOperation
    switch verb {
    case "set": operation = .set(key: key, value: value, flags: flags)
    case "cas": operation = .compareAndSet(key: key, value: value, flags: flags, revision: index)
    case "lock": operation = .lock(key: key, value: value, flags: flags, session: session)
    case "unlock": operation = .unlock(key: key, value: value, flags: flags, session: session)
    case "get": operation = .get(key: key)
    case "get-tree": operation = .getTree(prefix: key)
    case "check-index": operation = .checkIndex(key: key, revision: index)
    case "check-session": operation = .checkSession(key: key, session: session)
    case "check-not-exists": operation = .checkNotExists(key: key)
    case "delete": operation = .delete(key: key)
    case "delete-cas": operation = .compareAndDelete(key: key, revision: index)
    case "delete-tree": operation = .deleteTree(prefix: key)
    default: throw fail("unknown KV verb \"\(verb.prefix(64))\"")
    }
    if key.isEmpty, !operation.isTree { throw fail("Must provide key") }
    let permission: AccessPermission = operation.isWrite ? .write : .read
    try require(operation.isTree ? .keyTree(key, permission) : .key(key, permission))
    return .keyValue(operation)
  }

  private func value(_ body: BodyObject) throws(ConsulError) -> [UInt8] {
    guard let text = try body.string("Value") else { return [] }
    guard let bytes = Array(text.utf8).withUnsafeBufferPointer({ Base64.decode($0) }) else {
      throw .badRequest("Failed to parse body: \(body.field("Value")): illegal base64 data")
    }
    return bytes
  }

  // MARK: Catalogue

  private func node(_ body: BodyObject) throws(ConsulError) -> TransactionOperation {
    try body.allowOnly(.nodeOperation)
    guard let object = try body.object("Node") else { throw fail("Must provide node") }
    try object.allowOnly(.node)
    let name = try object.string("Node") ?? ""
    if name.isEmpty { throw fail("Must provide node") }
    let verb = try verb(body)
    try require(.node(name, verb == "get" ? .read : .write))
    switch verb {
    case "get": return .read(.node(name))
    case "set", "cas":
      var node = Node(
        name: name, id: try object.string("ID") ?? "", address: try object.string("Address") ?? "")
      node.metadata = try object.stringMap("Meta") ?? [:]
      node.taggedAddresses = try object.stringMap("TaggedAddresses") ?? [:]
      return .change(.putNode(node), ifRevision: verb == "cas" ? try index(object, "ModifyIndex") : nil)
    case "delete": return .change(.removeNode(name))
    case "delete-cas": return .change(.removeNode(name), ifRevision: try index(object, "ModifyIndex"))
    default: throw fail("unknown Node operation \"\(verb.prefix(64))\"")
    }
  }

  private func index(_ body: BodyObject, _ name: String) throws(ConsulError) -> UInt64 {
    try body.integer(name, as: UInt64.self) ?? 0
  }

  private func service(_ body: BodyObject) throws(ConsulError) -> TransactionOperation {
    let node = try body.string("Node") ?? ""
    try body.allowOnly(.serviceOperation)
    guard let object = try body.object("Service") else { throw fail("Must provide service") }
    try object.allowOnly(.service)
    let id = try object.string("ID") ?? ""
    let verb = try verb(body)
    if verb == "set" || verb == "cas" {
      let instance = try ServiceBody.instance(object, nameField: "Service", node: node)
      try require(.service(instance.service, .write))
      return .change(
        .register(instance, replacingChecks: false),
        ifRevision: verb == "cas" ? try index(object, "ModifyIndex") : nil)
    }
    let known = context.registry.instances(id: id, node: node).first?.key
    let key = known ?? InstanceKey(service: id, id: id, node: node)
    try require(.service(key.service, verb == "get" ? .read : .write))
    switch verb {
    case "get": return .read(.instance(key))
    case "delete": return .change(.deregister(key))
    case "delete-cas": return .change(.deregister(key), ifRevision: try index(object, "ModifyIndex"))
    default: throw fail("unknown Service operation \"\(verb.prefix(64))\"")
    }
  }

  private func check(_ body: BodyObject) throws(ConsulError) -> TransactionOperation {
    try body.allowOnly(.checkOperation)
    guard let object = try body.object("Check") else { throw fail("Must provide check") }
    try object.allowOnly(.check)
    let node = try object.string("Node") ?? ""
    let name = try object.string("Name") ?? ""
    let id = try object.string("CheckID") ?? name
    let serviceID = try object.string("ServiceID") ?? ""
    let verb = try verb(body)
    let owner: CheckOwner
    if verb == "set" || verb == "cas" {
      owner = try self.owner(serviceID, node)
    } else {
      owner = context.registry.read { $0.checkOwner(id: id, node: node) } ?? .node(node)
    }
    try requireAccess(to: owner, verb == "get" ? .read : .write)
    let key = CheckKey(owner: owner, id: id)
    switch verb {
    case "get": return .read(.check(key))
    case "set", "cas":
      let text = try object.string("Status") ?? ""
      guard let status = text.isEmpty ? .critical : HealthStatus(rawValue: text) else {
        throw fail("Status for checks must 'passing', 'warning', 'critical'")
      }
      let check = HealthCheck(
        id: id, name: name, notes: try object.string("Notes") ?? "",
        state: CheckState(status: status, output: try object.string("Output") ?? ""))
      return .change(
        .putCheck(check, owner), ifRevision: verb == "cas" ? try index(object, "ModifyIndex") : nil)
    case "delete": return .change(.removeCheck(key))
    case "delete-cas": return .change(.removeCheck(key), ifRevision: try index(object, "ModifyIndex"))
    default: throw fail("unknown Check operation \"\(verb.prefix(64))\"")
    }
  }

  /// Whose check it is to be: an instance that an earlier operation of the same transaction registers counts too.
  private func owner(_ serviceID: String, _ node: String) throws(ConsulError) -> CheckOwner {
    if serviceID.isEmpty { return .node(node) }
    if let key = context.registry.instances(id: serviceID, node: node).first?.key { return .instance(key) }
    if let key = registered(serviceID, node) { return .instance(key) }
    throw fail("Missing service registration on node \"\(node)\"")
  }

  private func registered(_ serviceID: String, _ node: String) -> InstanceKey? {
    guard case .array(let elements)? = try? request.json() else { return nil }
    for element in elements {
      guard let body = try? BodyObject(element).object("Service"), let object = try? body.object("Service"),
        (try? body.string("Node")) == node,
        let instance = try? ServiceBody.instance(object, nameField: "Service", node: node),
        instance.id == serviceID
      else { continue }
      return instance.key
    }
    return nil
  }

  private func requireAccess(to owner: CheckOwner, _ permission: AccessPermission) throws(ConsulError) {
    switch owner {
    case .node(let name): try require(.node(name, permission))
    case .instance(let key): try require(.service(key.service, permission))
    }
  }

  private func session(_ body: BodyObject) throws(ConsulError) -> TransactionOperation {
    let verb = try verb(body)
    guard verb == "delete" else { throw fail("unknown Session operation \"\(verb.prefix(64))\"") }
    let id = try body.object("Session")?.string("ID") ?? ""
    if let session = context.registry.session(id).session {
      try require(.session(node: session.node, .write))
    }
    return .endSession(id)
  }
}
