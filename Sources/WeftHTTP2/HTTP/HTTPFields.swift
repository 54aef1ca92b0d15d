/// Header or trailer fields in the order in which they came, with lower-case names (RFC 9113, 8.2).
public struct HTTPFields: Sendable, Hashable, ExpressibleByDictionaryLiteral {
  public struct Field: Sendable, Hashable {
    public var name: String
    public var value: String
  }

  @usableFromInline var storage: [Field] = []

  public init() {}

  public init(dictionaryLiteral elements: (String, String)...) {
    storage = elements.map { Field(name: $0.0.lowercased(), value: $0.1) }
  }

  public var isEmpty: Bool { storage.isEmpty }

  /// The first value of a field, by its lower-case name.
  public subscript(name: String) -> String? {
    for field in storage where field.name == name { return field.value }
    return nil
  }

  /// Every value of a field, by its lower-case name.
  public func values(_ name: String) -> [String] {
    storage.compactMap { $0.name == name ? $0.value : nil }
  }

  public func contains(_ name: String) -> Bool {
    storage.contains { $0.name == name }
  }

  /// Adds a field after those of the same name. The name is made lower-case.
  public mutating func add(_ name: String, _ value: String) {
    storage.append(Field(name: name.lowercased(), value: value))
  }

  /// Adds a field whose name is known to be lower-case.
  mutating func add(lowercased name: String, _ value: String) {
    storage.append(Field(name: name, value: value))
  }

  /// Replaces every value of a field with one.
  public mutating func set(_ name: String, _ value: String) {
    remove(name)
    add(name, value)
  }

  public mutating func remove(_ name: String) {
    let name = name.lowercased()
    storage.removeAll { $0.name == name }
  }

  /// The first fields, with room for more.
  func prefix(fields count: Int) -> HTTPFields {
    var result = HTTPFields()
    result.storage.reserveCapacity(count < 8 ? 8 : count)
    result.storage.append(contentsOf: storage.prefix(count))
    return result
  }
}

extension HTTPFields {
  /// The name of a field that cannot be sent, because a peer would see another message in it (RFC 9110, 5).
  var firstUnsendable: String? {
    first { field in
      field.name.isEmpty || !field.name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f && $0 != UInt8(ascii: ":") }
        || field.value.utf8.contains { ($0 < 0x20 && $0 != UInt8(ascii: "\t")) || $0 == 0x7f }
    }?.name
  }

  /// The head fields of a short text.
  static func plainText(_ count: Int) -> HTTPFields {
    ["content-type": "text/plain; charset=utf-8", "content-length": String(count)]
  }
}

extension HTTPFields: RandomAccessCollection {
  public var startIndex: Int { storage.startIndex }
  public var endIndex: Int { storage.endIndex }
  public subscript(position: Int) -> (name: String, value: String) {
    let field = storage[position]
    return (field.name, field.value)
  }
}
