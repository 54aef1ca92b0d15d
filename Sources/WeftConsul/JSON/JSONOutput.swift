import WeftProtobuf

/// Appends JSON (RFC 8259) to bytes, in the order in which it is told.
///
/// Commas are placed by the writer; pairing `begin` and `end` is the caller's.
struct JSONOutput {
  private(set) var bytes: [UInt8] = []
  private var needsComma = false

  init(reserving capacity: Int = 512) {
    bytes.reserveCapacity(capacity)
  }

  mutating func beginObject() { open(UInt8(ascii: "{")) }
  mutating func endObject() { close(UInt8(ascii: "}")) }
  mutating func beginArray() { open(UInt8(ascii: "[")) }
  mutating func endArray() { close(UInt8(ascii: "]")) }

  /// The name of a member, whose value comes next. The name must need no escapes.
  mutating func key(_ name: StaticString) {
    comma()
    bytes.append(UInt8(ascii: "\""))
    name.withUTF8Buffer { bytes.append(contentsOf: $0) }
    bytes.append(UInt8(ascii: "\""))
    bytes.append(UInt8(ascii: ":"))
    needsComma = false
  }

  /// The name of a member, whose value comes next.
  mutating func key(_ name: String) {
    comma()
    quote(name)
    bytes.append(UInt8(ascii: ":"))
    needsComma = false
  }

  mutating func string(_ value: String) {
    comma()
    quote(value)
    needsComma = true
  }

  /// Bytes as base64.
  mutating func base64(_ value: [UInt8]) {
    comma()
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

  mutating func integer(_ value: some BinaryInteger) { raw(String(value).utf8) }
  mutating func boolean(_ value: Bool) { raw((value ? "true" : "false").utf8) }
  mutating func null() { raw("null".utf8) }

  /// A whole value that is JSON already.
  mutating func raw(_ json: some Sequence<UInt8>) {
    comma()
    bytes.append(contentsOf: json)
    needsComma = true
  }

  mutating func field(_ name: StaticString, _ value: String) {
    key(name)
    string(value)
  }

  mutating func field(_ name: StaticString, _ value: some BinaryInteger) {
    key(name)
    integer(value)
  }

  mutating func field(_ name: StaticString, _ value: Bool) {
    key(name)
    boolean(value)
  }

  mutating func field(_ name: StaticString, _ values: [String]) {
    key(name)
    array(values) { $0.string($1) }
  }

  /// An object with the members in the order of their names.
  mutating func field(_ name: StaticString, _ values: [String: String]) {
    key(name)
    beginObject()
    for (name, value) in values.sorted(by: { $0.key < $1.key }) {
      key(name)
      string(value)
    }
    endObject()
  }

  mutating func array<Element>(
    _ elements: some Sequence<Element>, _ write: (inout JSONOutput, Element) -> Void
  ) {
    beginArray()
    for element in elements { write(&self, element) }
    endArray()
  }

  mutating func value(_ value: JSONValue) {
    switch value {
    case .null: null()
    case .bool(let value): boolean(value)
    case .number(let text): raw(text.utf8)
    case .string(let value): string(value)
    case .array(let values): array(values) { $0.value($1) }
    case .object(let members):
      beginObject()
      for member in members {
        key(member.name)
        self.value(member.value)
      }
      endObject()
    }
  }

  private mutating func open(_ bracket: UInt8) {
    comma()
    bytes.append(bracket)
    needsComma = false
  }

  private mutating func close(_ bracket: UInt8) {
    bytes.append(bracket)
    needsComma = true
  }

  private mutating func comma() {
    if needsComma { bytes.append(UInt8(ascii: ",")) }
  }

  private mutating func quote(_ text: String) {
    bytes.append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"):
        bytes.append(UInt8(ascii: "\\"))
        bytes.append(byte)
      // A page that shows an answer as it is must not find markup in it.
      case 0..<0x20, 0x7F, UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "&"):
        bytes.append(contentsOf: "\\u00".utf8)
        bytes.append(Self.hexDigit(byte >> 4))
        bytes.append(Self.hexDigit(byte & 0xF))
      default: bytes.append(byte)
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }

  private static func hexDigit(_ value: UInt8) -> UInt8 {
    value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
  }
}
