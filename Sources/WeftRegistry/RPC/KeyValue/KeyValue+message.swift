import WeftDiscovery

extension KeyValueEntry {
  init(_ message: Weft_Registry_V1_KeyValue) {
    self.init(
      key: message.key, value: message.value, flags: message.flags,
      session: message.session.isEmpty ? nil : message.session, lockIndex: message.lockIndex,
      createdRevision: message.createdRevision, modifiedRevision: message.modifiedRevision)
  }

  var message: Weft_Registry_V1_KeyValue {
    var message = Weft_Registry_V1_KeyValue()
    message.key = key
    message.value = value
    message.flags = flags
    message.session = session ?? ""
    message.lockIndex = lockIndex
    message.createdRevision = createdRevision
    message.modifiedRevision = modifiedRevision
    return message
  }
}

extension KeyValueOperation {
  init(_ request: Weft_Registry_V1_PutKeyRequest) {
    let (key, value, flags) = (request.key, request.value, request.flags)
    switch request.condition {
    case nil: self = .set(key: key, value: value, flags: flags)
    case .ifRevision(let revision):
      self = .compareAndSet(key: key, value: value, flags: flags, revision: revision)
    case .acquire(let session): self = .lock(key: key, value: value, flags: flags, session: session)
    case .release(let session): self = .unlock(key: key, value: value, flags: flags, session: session)
    }
  }

  /// - Parameter field: the operation's path in the request.
  init(_ message: Weft_Registry_V1_KeyOperation, field: String) throws(RegistryError) {
    let (key, value, flags) = (message.key, message.value, message.flags)
    let (revision, session) = (message.revision, message.session)
    switch message.verb {
    case .set: self = .set(key: key, value: value, flags: flags)
    case .compareAndSet: self = .compareAndSet(key: key, value: value, flags: flags, revision: revision)
    case .lock: self = .lock(key: key, value: value, flags: flags, session: session)
    case .unlock: self = .unlock(key: key, value: value, flags: flags, session: session)
    case .get: self = .get(key: key)
    case .getTree: self = .getTree(prefix: key)
    case .checkIndex: self = .checkIndex(key: key, revision: revision)
    case .checkSession: self = .checkSession(key: key, session: session)
    case .checkNotExists: self = .checkNotExists(key: key)
    case .delete: self = .delete(key: key)
    case .deleteTree: self = .deleteTree(prefix: key)
    case .compareAndDelete: self = .compareAndDelete(key: key, revision: revision)
    case .unspecified, .unrecognized:
      throw FieldCheck(field: field + ".verb").fail("\(message.verb.rawValue) is no verb")
    }
  }
}
