/// One line of the audit log: who changed what, and with which revision.
struct AuditEntry: Sendable, Hashable {
  /// Milliseconds since 1970.
  var time: Int64
  var revision: UInt64
  var actor: AuditActor
  /// Such as `register` or `kv.set`.
  var action: String
  /// What it was done to: a service, a key, an accessor id. Never a value, never a secret.
  var subjects: [String]

  /// Most of the subjects of one entry that are told; the rest is counted.
  static let subjectLimit = 64

  /// A JSON object and a line's end.
  func append(to line: inout [UInt8]) {
    line += "{\"time\":\"".utf8
    line += Self.timestamp(time).utf8
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
    line += ",\"subjects\":[".utf8
    for (index, subject) in subjects.prefix(Self.subjectLimit).enumerated() {
      if index > 0 { line.append(UInt8(ascii: ",")) }
      Self.appendString(subject, to: &line)
    }
    line.append(UInt8(ascii: "]"))
    if subjects.count > Self.subjectLimit {
      line += ",\"more\":".utf8
      line += String(subjects.count - Self.subjectLimit).utf8
    }
    line += "}\n".utf8
  }

  /// RFC 8259, section 7. Control characters are escaped, so an entry is one line whatever it tells of.
  static func appendString(_ text: String, to line: inout [UInt8]) {
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

  /// RFC 3339, in UTC, with milliseconds. By hand, because a formatter would cost more than all the rest.
  ///
  /// Days are turned into a date as in "chrono-Compatible Low-Level Date Algorithms" by Howard Hinnant.
  static func timestamp(_ milliseconds: Int64) -> String {
    let (days, rest) = (milliseconds / 86_400_000, milliseconds % 86_400_000)
    let shifted = days + 719_468
    let era = shifted / 146_097
    let dayOfEra = shifted - era * 146_097
    let year = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * year + year / 4 - year / 100)
    let monthFromMarch = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
    let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
    let date = "\(padded(year + era * 400 + (month <= 2 ? 1 : 0), 4))-\(padded(month, 2))-\(padded(day, 2))"
    let seconds = rest / 1_000
    let time = "\(padded(seconds / 3_600, 2)):\(padded(seconds / 60 % 60, 2)):\(padded(seconds % 60, 2))"
    return "\(date)T\(time).\(padded(rest % 1_000, 3))Z"
  }

  private static func padded(_ number: Int64, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
  }
}
