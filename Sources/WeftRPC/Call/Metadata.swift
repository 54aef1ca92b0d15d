import WeftHTTP2
import WeftProtobuf

/// Custom metadata of a call: keys with one or more values, in order.
///
/// Keys are lower-case ASCII. Keys that end in `-bin` carry bytes; the others carry printable ASCII
/// (gRPC's `PROTOCOL-HTTP2`, Custom-Metadata).
public struct Metadata: Sendable, Hashable, ExpressibleByDictionaryLiteral {
  var fields: HTTPFields

  public init() {
    fields = HTTPFields()
  }

  public init(dictionaryLiteral elements: (String, String)...) {
    self.init()
    for (key, value) in elements { add(value, for: key) }
  }

  /// Takes the fields that are the application's, not the protocol's.
  init(received: HTTPFields) {
    fields = HTTPFields()
    for field in received where !Self.isReserved(field.name) {
      fields.add(field.name, field.value)
    }
  }

  public var isEmpty: Bool { fields.isEmpty }

  /// The first value of a key.
  public subscript(key: String) -> String? { fields[key] }

  /// Every value of a key. Values of a `-bin` key are base64 here; see ``binaryValues(for:)``.
  public func values(for key: String) -> [String] { fields.values(key) }

  /// Every value of a key that ends in `-bin`. Values that are no base64 are left out.
  public func binaryValues(for key: String) -> [[UInt8]] {
    fields.values(key).flatMap { value in
      // Several values may arrive joined by commas (RFC 9110, 5.3).
      value.split(separator: ",").compactMap { part in
        var text = part.drop { $0 == " " }
        while text.last == " " { text.removeLast() }
        var characters = Array(text.utf8)
        return characters.withUnsafeMutableBufferPointer { Base64.decode(UnsafeBufferPointer($0)) }
      }
    }
  }

  /// Adds a value. Ignored when the key is reserved or no valid key, or when the value is not printable
  /// ASCII: such a field would make the peer refuse the whole call.
  public mutating func add(_ value: String, for key: String) {
    let key = key.lowercased()
    guard Self.isValid(key: key), !Self.isReserved(key), Self.isValid(value: value) else { return }
    fields.add(key, value)
  }

  /// Adds bytes. The key must end in `-bin`.
  public mutating func addBinary(_ bytes: [UInt8], for key: String) {
    let key = key.lowercased()
    guard key.hasSuffix("-bin"), Self.isValid(key: key), !Self.isReserved(key) else { return }
    fields.add(key, Base64Text.encode(bytes))
  }

  /// Replaces every value of a key.
  public mutating func set(_ value: String, for key: String) {
    remove(key)
    add(value, for: key)
  }

  public mutating func remove(_ key: String) {
    fields.remove(key)
  }

  /// Adds all of another's entries.
  public mutating func merge(_ other: Metadata) {
    for field in other.fields { fields.add(field.name, field.value) }
  }

  static func isReserved(_ key: String) -> Bool {
    if key.hasPrefix("grpc-") || key.hasPrefix(":") { return true }
    switch key {
    case "te", "content-type", "content-length", "connection", "host", "transfer-encoding", "upgrade",
      "keep-alive", "proxy-connection":
      return true
    default: return false
    }
  }

  private static func isValid(key: String) -> Bool {
    !key.isEmpty
      && key.utf8.allSatisfy { byte in
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
          || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
          || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_") || byte == UInt8(ascii: ".")
      }
  }

  private static func isValid(value: String) -> Bool {
    value.utf8.allSatisfy { (0x20...0x7e).contains($0) }
  }
}

extension Metadata: Sequence {
  public func makeIterator() -> AnyIterator<(key: String, value: String)> {
    var rest = fields.makeIterator()
    return AnyIterator { rest.next().map { (key: $0.name, value: $0.value) } }
  }
}

enum Base64Text {
  static func encode(_ bytes: [UInt8]) -> String {
    let size = Base64.encodedSize(bytes.count)
    return String(unsafeUninitializedCapacity: size) { target in
      guard let base = target.baseAddress else { return 0 }
      bytes.withUnsafeBufferPointer { Base64.encode($0, to: base) }
      return size
    }
  }
}
