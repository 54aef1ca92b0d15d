/// Appends JSON (RFC 8259) to bytes, in the order in which it is told: for all JSON but that of messages.
///
/// Commas and line breaks are placed by the writer; pairing `begin` and `end` is the caller's.
package struct JSONOutput: Sendable {
  package private(set) var bytes: [UInt8] = []
  private let escaping: JSONEscaping
  /// Blanks a level; nil for everything on one line.
  private let indentation: Int?
  private var level = 0
  private var needsComma = false
  private var isBehindKey = false

  /// - Parameters:
  ///   - escaping: what of texts is escaped.
  ///   - indentation: blanks a level, for people; nil writes one line without blanks.
  ///   - capacity: bytes to reserve.
  package init(escaping: JSONEscaping, indentation: Int? = nil, reserving capacity: Int = 256) {
    self.escaping = escaping
    self.indentation = indentation
    bytes.reserveCapacity(capacity)
  }

  package var text: String { String(decoding: bytes, as: UTF8.self) }

  package mutating func beginObject() { open(UInt8(ascii: "{")) }
  package mutating func endObject() { close(UInt8(ascii: "}")) }
  package mutating func beginArray() { open(UInt8(ascii: "[")) }
  package mutating func endArray() { close(UInt8(ascii: "]")) }

  /// The name of a member, whose value comes next. The name must need no escapes.
  package mutating func key(_ name: StaticString) {
    beginElement()
    bytes.append(UInt8(ascii: "\""))
    name.withUTF8Buffer { bytes.append(contentsOf: $0) }
    bytes.append(UInt8(ascii: "\""))
    endKey()
  }

  /// The name of a member, whose value comes next.
  package mutating func key(_ name: String) {
    beginElement()
    JSONText.append(name, to: &bytes, escaping: escaping)
    endKey()
  }

  package mutating func string(_ value: String) {
    beginElement()
    JSONText.append(value, to: &bytes, escaping: escaping)
    needsComma = true
  }

  /// Bytes as base64 (RFC 4648, section 4).
  package mutating func base64(_ value: [UInt8]) {
    beginElement()
    bytes.append(UInt8(ascii: "\""))
    bytes.append(
      contentsOf: [UInt8](unsafeUninitializedCapacity: Base64.encodedSize(value.count)) { buffer, count in
        guard let start = buffer.baseAddress else { return }
        value.withUnsafeBufferPointer { Base64.encode($0, to: start) }
        count = Base64.encodedSize(value.count)
      })
    bytes.append(UInt8(ascii: "\""))
    needsComma = true
  }

  package mutating func integer(_ value: some BinaryInteger) { raw(String(value).utf8) }
  package mutating func boolean(_ value: Bool) { raw((value ? "true" : "false").utf8) }
  package mutating func null() { raw("null".utf8) }

  /// Null for infinities and NaN, which JSON has not.
  package mutating func number(_ value: Double) { raw((value.isFinite ? String(value) : "null").utf8) }

  /// A whole value that is JSON already.
  package mutating func raw(_ json: some Sequence<UInt8>) {
    beginElement()
    bytes.append(contentsOf: json)
    needsComma = true
  }

  // MARK: Layout

  private mutating func open(_ bracket: UInt8) {
    beginElement()
    bytes.append(bracket)
    level += 1
    needsComma = false
  }

  private mutating func close(_ bracket: UInt8) {
    level -= 1
    if needsComma { breakLine() }
    bytes.append(bracket)
    needsComma = true
  }

  private mutating func endKey() {
    bytes.append(UInt8(ascii: ":"))
    if indentation != nil { bytes.append(UInt8(ascii: " ")) }
    isBehindKey = true
  }

  private mutating func beginElement() {
    if isBehindKey {
      isBehindKey = false
      return
    }
    if needsComma { bytes.append(UInt8(ascii: ",")) }
    if level > 0 { breakLine() }
  }

  private mutating func breakLine() {
    guard let indentation else { return }
    bytes.append(UInt8(ascii: "\n"))
    bytes.append(contentsOf: repeatElement(UInt8(ascii: " "), count: indentation * max(level, 0)))
  }
}
