/// Cuts the top level of a JSON object into its members without reading what is inside them.
///
/// The envelope needs its own few members and hands `data` on as it stands, to be read once, by the reader that
/// knows its type. Nested values are skipped with a counter, not by recursion, so depth costs nothing here; what
/// lies inside is checked by whoever reads it.
struct JSONObjectScanner {
  /// Why a document was refused.
  struct Failure: Error, Hashable {
    let offset: Int
    let reason: String
  }

  static let maxMembers = 64
  static let maxKeyBytes = 256

  private let bytes: ArraySlice<UInt8>
  private var position: Int

  private init(_ bytes: ArraySlice<UInt8>) {
    self.bytes = bytes
    self.position = bytes.startIndex
  }

  /// The members of the object that is the whole of the document, in order. A name must not come twice.
  static func members(
    of document: ArraySlice<UInt8>
  ) throws(Failure) -> [(name: String, value: ArraySlice<UInt8>)] {
    var scanner = JSONObjectScanner(document)
    return try scanner.members()
  }

  /// The text of a JSON string that is the whole of the value, or nil when it is something else.
  static func string(_ value: ArraySlice<UInt8>) throws(Failure) -> String? {
    guard value.first == UInt8(ascii: "\"") else { return nil }
    var scanner = JSONObjectScanner(value)
    let text = try scanner.string(limit: value.count)
    guard scanner.position == value.endIndex else { return nil }
    return text
  }

  private mutating func members() throws(Failure) -> [(name: String, value: ArraySlice<UInt8>)] {
    var members: [(name: String, value: ArraySlice<UInt8>)] = []
    skipSpace()
    guard take(UInt8(ascii: "{")) else { throw failure("expected an object") }
    skipSpace()
    if !take(UInt8(ascii: "}")) {
      repeat {
        skipSpace()
        let start = position
        guard peek() == UInt8(ascii: "\"") else { throw failure("expected a name in double quotes") }
        let name = try string(limit: Self.maxKeyBytes)
        guard !members.contains(where: { $0.name == name }) else {
          throw Failure(offset: start - bytes.startIndex, reason: "\"\(name)\" is there twice")
        }
        guard members.count < Self.maxMembers else {
          throw failure("has more than \(Self.maxMembers) members")
        }
        skipSpace()
        guard take(UInt8(ascii: ":")) else { throw failure("expected \":\" after a name") }
        skipSpace()
        let value = try skipValue()
        members.append((name, value))
        skipSpace()
      } while take(UInt8(ascii: ","))
      guard take(UInt8(ascii: "}")) else { throw failure("expected \",\" or \"}\"") }
    }
    skipSpace()
    guard position == bytes.endIndex else { throw failure("unexpected text after the object") }
    return members
  }

  /// Passes over one value of any kind.
  private mutating func skipValue() throws(Failure) -> ArraySlice<UInt8> {
    let start = position
    var depth = 0
    repeat {
      guard let byte = peek() else { throw failure("the document ends too early") }
      switch byte {
      case UInt8(ascii: "\""):
        try skipString()
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        depth += 1
        position += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        guard depth > 0 else { throw failure("expected a value") }
        depth -= 1
        position += 1
      case UInt8(ascii: ","), UInt8(ascii: ":"):
        guard depth > 0 else { throw failure("expected a value") }
        position += 1
      case 0x20, 0x09, 0x0A, 0x0D:
        position += 1
      default:
        skipScalar()
      }
    } while depth > 0
    return bytes[start..<position]
  }

  private mutating func skipScalar() {
    while let byte = peek() {
      switch byte {
      case UInt8(ascii: ","), UInt8(ascii: ":"), UInt8(ascii: "}"), UInt8(ascii: "]"),
        UInt8(ascii: "{"), UInt8(ascii: "["), UInt8(ascii: "\""), 0x20, 0x09, 0x0A, 0x0D:
        return
      default:
        position += 1
      }
    }
  }

  private mutating func skipString() throws(Failure) {
    let start = position
    position += 1
    while let byte = peek() {
      position += byte == UInt8(ascii: "\\") ? 2 : 1
      if byte == UInt8(ascii: "\"") { return }
    }
    throw Failure(offset: start - bytes.startIndex, reason: "the string has no end")
  }

  private mutating func string(limit: Int) throws(Failure) -> String {
    let start = position
    try skipString()
    guard position <= bytes.endIndex, position - start - 2 <= limit else {
      throw Failure(offset: start - bytes.startIndex, reason: "the text is longer than \(limit) bytes")
    }
    do {
      return try JSONStringDecoder.decode(bytes[(start + 1)..<(position - 1)])
    } catch {
      throw Failure(offset: error.offset - bytes.startIndex, reason: error.reason)
    }
  }

  private func peek() -> UInt8? { position < bytes.endIndex ? bytes[position] : nil }

  private mutating func take(_ byte: UInt8) -> Bool {
    guard peek() == byte else { return false }
    position += 1
    return true
  }

  private mutating func skipSpace() {
    while let byte = peek(), byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
  }

  private func failure(_ reason: String) -> Failure {
    Failure(offset: position - bytes.startIndex, reason: reason)
  }
}
