import WeftDiscovery

extension KeyUpdate {
  /// Roughly the bytes of one message; one value may exceed it.
  private static let messageBytes = 512 << 10

  /// The update in as many messages as it takes, with the keys that the receiver may read.
  func messages(where isReadable: (String) -> Bool) -> [Weft_Registry_V1_WatchKeysResponse] {
    var messages = [empty(isSnapshot: isSnapshot)]
    var bytes = 0
    func add(_ cost: Int, _ change: (inout Weft_Registry_V1_WatchKeysResponse) -> Void) {
      bytes += cost
      if bytes > Self.messageBytes, bytes > cost {
        messages[messages.count - 1].continues = true
        messages.append(empty(isSnapshot: false))
        bytes = cost
      }
      change(&messages[messages.count - 1])
    }
    for key in removed where isReadable(key) { add(16 + key.utf8.count) { $0.removed.append(key) } }
    for entry in entries where isReadable(entry.key) {
      let cost = KeyValueRecord.cost(keyBytes: entry.key.utf8.count, valueBytes: entry.value.count)
      add(cost) { $0.entries.append(entry.message) }
    }
    return messages
  }

  private func empty(isSnapshot: Bool) -> Weft_Registry_V1_WatchKeysResponse {
    var message = Weft_Registry_V1_WatchKeysResponse()
    message.revision = position.revision
    message.history = position.history
    message.snapshot = isSnapshot
    return message
  }
}
