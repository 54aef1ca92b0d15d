import WeftProtobuf

extension WatchUpdate {
  /// Reads a message of the wire. A change of a kind that is not known here is skipped, as the proto says.
  public init(_ message: Weft_Registry_V1_WatchResponse) {
    self.init(
      position: WatchPosition(history: message.history, revision: message.revision),
      after: message.afterRevision,
      snapshot: message.snapshot?.instances.map { ServiceInstance($0) },
      snapshotContinues: message.snapshotContinues,
      changes: message.changes.compactMap { CatalogueChange($0) })
  }

  public var message: Weft_Registry_V1_WatchResponse {
    var message = Weft_Registry_V1_WatchResponse()
    message.revision = position.revision
    message.history = position.history
    message.afterRevision = after
    if let snapshot {
      var content = Weft_Registry_V1_Snapshot()
      content.instances = snapshot.map(\.message)
      message.snapshot = content
      message.snapshotContinues = snapshotContinues
    }
    message.changes = changes.map(\.message)
    return message
  }
}

extension CatalogueChange {
  init?(_ message: Weft_Registry_V1_Change) {
    switch message.kind {
    case .put(let instance): self.init(revision: message.revision, kind: .put(ServiceInstance(instance)))
    case .removed(let key): self.init(revision: message.revision, kind: .removed(InstanceKey(key)))
    case nil: return nil
    }
  }

  var message: Weft_Registry_V1_Change {
    var message = Weft_Registry_V1_Change()
    message.revision = revision
    switch kind {
    case .put(let instance): message.kind = .put(instance.message)
    case .removed(let key): message.kind = .removed(key.message)
    }
    return message
  }
}
