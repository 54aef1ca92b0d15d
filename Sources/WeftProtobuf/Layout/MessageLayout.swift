/// Where each field lies in the C struct of a message, by the rules that protoc-gen-c follows on LP64.
///
/// The struct starts with a `ProtobufCMessage`. Then come the fields outside oneofs in order of declaration, each
/// with its quantifier in front (`n_x` for repeated fields, `has_x` for proto2's optional scalars), then for each
/// oneof its case word and a union of the members. Two choices are ours: strings are laid out as
/// `ProtobufCBinaryData`, and a proto3 `optional` field is the only member of a oneof of its own, as in the
/// synthetic oneofs that protoc makes.
///
/// Both the tables made at run time and the constants in generated code come from here, so they cannot disagree.
public struct MessageLayout: Sendable, Hashable {
  public struct Field: Sendable, Hashable {
    public let number: Int
    /// Position among the fields of the message in order of their numbers: the place in the C table.
    public let index: Int
    public let offset: Int
    /// Offset of the `n_x`, `has_x` or case word; nil when the field has none.
    public let quantifier: Int?
    /// Size of the member: of the array pointer for repeated fields.
    public let size: Int
  }

  /// Size of the struct.
  public let size: Int
  /// In order of declaration, as ``MessageDescriptor/fields``.
  public let fields: [Field]

  /// Size of `ProtobufCMessage`: the type, the count of unknown fields, and the unknown fields.
  public static let headerSize = 24

  public init(_ message: MessageDescriptor) {
    var builder = Builder()
    var places: [Int: (offset: Int, quantifier: Int?)] = [:]
    for field in message.fields where field.oneof == nil && !field.isProto3Optional {
      places[field.number] = builder.member(field)
    }
    for oneof in message.oneofs {
      for (field, place) in zip(oneof.fields, builder.union(oneof.fields)) { places[field.number] = place }
    }
    for field in message.fields where field.isProto3Optional {
      for place in builder.union([field]) { places[field.number] = place }
    }
    let numbers = message.fields.map(\.number).sorted()
    let order = Dictionary(numbers.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    fields = message.fields.map { field in
      let place = places[field.number] ?? (0, nil)
      return Field(
        number: field.number, index: order[field.number] ?? 0, offset: place.offset,
        quantifier: place.quantifier, size: Shape(field).size)
    }
    size = builder.finish()
  }

  public func field(number: Int) -> Field? { fields.first { $0.number == number } }
}

/// Size and alignment of a C member.
struct Shape {
  let size: Int
  let alignment: Int

  static let word = Shape(size: 4, alignment: 4)
  static let long = Shape(size: 8, alignment: 8)
  static let binaryData = Shape(size: 16, alignment: 8)

  private init(size: Int, alignment: Int) {
    self.size = size
    self.alignment = alignment
  }

  init(_ field: FieldDescriptor) {
    self = field.isRepeated ? .long : Shape(element: field.type)
  }

  /// The shape of one value.
  init(element type: FieldType) {
    switch type {
    case .double, .int64, .uint64, .fixed64, .sfixed64, .sint64, .message, .group: self = .long
    case .string, .bytes: self = .binaryData
    case .float, .int32, .uint32, .fixed32, .sfixed32, .sint32, .bool, .enum: self = .word
    }
  }
}

extension MessageLayout {
  private struct Builder {
    var size = MessageLayout.headerSize

    mutating func place(_ shape: Shape) -> Int {
      let offset = (size + shape.alignment - 1) / shape.alignment * shape.alignment
      size = offset + shape.size
      return offset
    }

    mutating func member(_ field: FieldDescriptor) -> (offset: Int, quantifier: Int?) {
      var quantifier: Int?
      if field.isRepeated {
        quantifier = place(.long)
      } else if field.hasPresence && !field.isRequired && field.messageType == nil {
        quantifier = place(.word)
      }
      return (place(Shape(field)), quantifier)
    }

    /// A case word, and one place for all members.
    mutating func union(_ fields: [FieldDescriptor]) -> [(offset: Int, quantifier: Int?)] {
      let quantifier = place(.word)
      let shapes = fields.map(Shape.init)
      let alignment = shapes.map(\.alignment).max() ?? 1
      let largest = shapes.map(\.size).max() ?? 0
      let offset = (size + alignment - 1) / alignment * alignment
      size = offset + (largest + alignment - 1) / alignment * alignment
      return fields.map { _ in (offset, quantifier) }
    }

    /// The whole struct is aligned like its header.
    func finish() -> Int { (size + 7) / 8 * 8 }
  }
}
