import Testing

@testable import WeftGeneration
@testable import WeftProtobuf

/// Runs the generator in this process on protos given as text.
enum Generation {
  /// What protoc would send for these files, all of them to be generated.
  static func request(_ files: [String: String], parameter: String = "") throws -> [UInt8] {
    let pool = try DescriptorPool(fileDescriptorSet: try Protoc.descriptorSet(files))
    return request(pool.files.map(\.serialized), generate: files.keys.sorted(), parameter: parameter)
  }

  static func request(
    _ serializedFiles: [[UInt8]], generate: [String], parameter: String = ""
  ) -> [UInt8] {
    var bytes = WireBytes()
    for name in generate { bytes.string(1, name) }
    if !parameter.isEmpty { bytes.string(2, parameter) }
    for file in serializedFiles { bytes.bytes(15, file) }
    return bytes.content
  }

  static func respond(
    _ proto: String, parameter: String = "", settings: String? = nil
  ) throws -> CodeGeneratorResponse {
    respond(
      to: try request(["test.proto": proto], parameter: settings == nil ? parameter : "Settings=s.json"),
      settings: settings)
  }

  static func respond(to request: [UInt8], settings: String? = nil) -> CodeGeneratorResponse {
    Generator.respond(toSerialized: request) { _ in
      guard let settings else { throw Absent() }
      return Array(settings.utf8)
    }
  }

  private struct Absent: Error, CustomStringConvertible {
    let description = "no such file"
  }

  /// The Swift code of one proto.
  static func code(_ proto: String, parameter: String = "") throws -> String {
    let response = try respond(proto, parameter: parameter)
    #expect(response.error == nil)
    return try #require(response.files.first).content
  }
}

/// Writes protobuf's wire format by hand.
struct WireBytes {
  private(set) var content: [UInt8] = []

  mutating func string(_ field: Int, _ text: String) { bytes(field, Array(text.utf8)) }

  mutating func bytes(_ field: Int, _ payload: [UInt8]) {
    varint(UInt64(field << 3 | 2))
    varint(UInt64(payload.count))
    content += payload
  }

  mutating func number(_ field: Int, _ value: UInt64) {
    varint(UInt64(field << 3))
    varint(value)
  }

  mutating func message(_ field: Int, _ fill: (inout WireBytes) -> Void) {
    var inner = WireBytes()
    fill(&inner)
    bytes(field, inner.content)
  }

  private mutating func varint(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      content.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    content.append(UInt8(rest))
  }
}
