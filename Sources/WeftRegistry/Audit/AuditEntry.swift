import WeftProtobuf

/// One line of the audit log: who changed what, and with which revision.
struct AuditEntry: Sendable, Hashable {
  /// Milliseconds since 1970.
  var time: Int64
  var revision: UInt64
  var actor: AuditActor
  /// Such as `register` or `kv.set`.
  var action: String
  /// What is new or changed: `key a`, `instance web/1`. Never a value, never a secret.
  var put: [String] = []
  /// What is there no more.
  var removed: [String] = []

  /// Most things of one entry that are named; the rest is counted.
  static let nameLimit = 64

  /// A JSON object and a line's end. Control characters are escaped, so an entry is one line whatever it tells of.
  func append(to line: inout [UInt8]) {
    var entry = JSONOutput(escaping: .standard)
    entry.beginObject()
    entry.field("time", UTCTime(milliseconds: time).text)
    entry.field("revision", revision)
    entry.field("actor", actor.name)
    if !actor.address.isEmpty { entry.field("address", actor.address) }
    entry.field("action", action)
    if !put.isEmpty { entry.field("put", Array(put.prefix(Self.nameLimit))) }
    if !removed.isEmpty { entry.field("removed", Array(removed.prefix(Self.nameLimit))) }
    let left = max(0, put.count - Self.nameLimit) + max(0, removed.count - Self.nameLimit)
    if left > 0 { entry.field("more", left) }
    entry.endObject()
    line += entry.bytes
    line.append(UInt8(ascii: "\n"))
  }
}
