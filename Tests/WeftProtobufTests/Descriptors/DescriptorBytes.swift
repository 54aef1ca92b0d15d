/// Writes descriptors by hand, so that they can be what no compiler would make.
///
/// Field numbers are those of google/protobuf/descriptor.proto.
struct DescriptorBytes {
  private(set) var bytes: [UInt8] = []

  static func file(
    _ name: String, package: String = "", syntax: String = "proto3", imports: [String] = [],
    _ fill: (inout DescriptorBytes) -> Void = { _ in }
  ) -> [UInt8] {
    var file = DescriptorBytes()
    file.string(1, name)
    if !package.isEmpty { file.string(2, package) }
    for name in imports { file.string(3, name) }
    fill(&file)
    if syntax != "proto2" { file.string(12, syntax) }
    return file.bytes
  }

  mutating func message(_ name: String, in field: Int = 4, _ fill: (inout DescriptorBytes) -> Void = { _ in })
  {
    group(field) {
      $0.string(1, name)
      fill(&$0)
    }
  }

  mutating func nested(_ name: String, _ fill: (inout DescriptorBytes) -> Void = { _ in }) {
    message(name, in: 3, fill)
  }

  /// - Parameters:
  ///   - type: number in `FieldDescriptorProto.Type`; 5 is `int32`, 9 `string`, 11 a message, 14 an enum.
  ///   - label: 1 is optional, 2 required, 3 repeated.
  mutating func field(
    _ name: String, _ number: UInt64, type: UInt64? = 5, label: UInt64 = 1, typeName: String? = nil,
    in field: Int = 2, _ fill: (inout DescriptorBytes) -> Void = { _ in }
  ) {
    group(field) {
      $0.string(1, name)
      $0.number(3, number)
      $0.number(4, label)
      if let type { $0.number(5, type) }
      if let typeName { $0.string(6, typeName) }
      fill(&$0)
    }
  }

  mutating func enumeration(_ name: String, _ values: [(String, UInt64)], in field: Int = 5) {
    group(field) {
      $0.string(1, name)
      for (name, number) in values {
        $0.group(2) {
          $0.string(1, name)
          $0.number(2, number)
        }
      }
    }
  }

  mutating func oneof(_ name: String) { group(8) { $0.string(1, name) } }

  mutating func service(_ name: String, _ fill: (inout DescriptorBytes) -> Void) {
    group(6) {
      $0.string(1, name)
      fill(&$0)
    }
  }

  mutating func method(
    _ name: String, _ input: String, _ output: String, options: (inout DescriptorBytes) -> Void = { _ in }
  ) {
    group(2) {
      $0.string(1, name)
      $0.string(2, input)
      $0.string(3, output)
      $0.group(4, options)
    }
  }

  // MARK: The wire format

  mutating func string(_ field: Int, _ text: String) { raw(field, Array(text.utf8)) }

  mutating func number(_ field: Int, _ value: UInt64) {
    varint(UInt64(field) << 3)
    varint(value)
  }

  mutating func group(_ field: Int, _ fill: (inout DescriptorBytes) -> Void) {
    var inner = DescriptorBytes()
    fill(&inner)
    raw(field, inner.bytes)
  }

  mutating func raw(_ field: Int, _ payload: [UInt8]) {
    varint(UInt64(field) << 3 | 2)
    varint(UInt64(payload.count))
    bytes += payload
  }

  private mutating func varint(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }
}
