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

  /// A JSON object and a line's end.
  func append(to line: inout [UInt8]) {
    line += "{\"time\":\"".utf8
    line += AuditTime.text(time).utf8
    line += "\",\"revision\":".utf8
    line += String(revision).utf8
    line += ",\"actor\":".utf8
    Self.appendString(actor.name, to: &line)
    if !actor.address.isEmpty {
      line += ",\"address\":".utf8
      Self.appendString(actor.address, to: &line)
    }
    line += ",\"action\":".utf8
    Self.appendString(action, to: &line)
    Self.appendNames(put, "put", to: &line)
    Self.appendNames(removed, "removed", to: &line)
    let left = max(0, put.count - Self.nameLimit) + max(0, removed.count - Self.nameLimit)
    if left > 0 {
      line += ",\"more\":".utf8
      line += String(left).utf8
    }
    line += "}\n".utf8
  }

  private static func appendNames(_ names: [String], _ field: String, to line: inout [UInt8]) {
    guard !names.isEmpty else { return }
    line += ",\"\(field)\":[".utf8
    for (index, name) in names.prefix(nameLimit).enumerated() {
      if index > 0 { line.append(UInt8(ascii: ",")) }
      appendString(name, to: &line)
    }
    line.append(UInt8(ascii: "]"))
  }

  /// RFC 8259, section 7. Control characters are escaped, so an entry is one line whatever it tells of.
  private static func appendString(_ text: String, to line: inout [UInt8]) {
    line.append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"): line += [UInt8(ascii: "\\"), byte]
      case 0x00...0x1F, 0x7F:
        let digits = String(byte, radix: 16)
        line += "\\u00".utf8
        if digits.utf8.count == 1 { line.append(UInt8(ascii: "0")) }
        line += digits.utf8
      default: line.append(byte)
      }
    }
    line.append(UInt8(ascii: "\""))
  }
}
