import WeftProtobuf

@testable import WeftGateway

/// Writes `FileDescriptorProto`s for tests that need types which no `.proto` file would give them.
struct TestFile {
  struct Field {
    var name: String
    var type: FieldType
    var typeName = ""
    var repeated = false
  }

  struct Method {
    var name: String
    var input = "Request"
    var output = "Response"
    var rules: [HTTPRule] = []
    var clientStreaming = false
    var serverStreaming = false
    /// 0 unknown, 1 no side effects, 2 idempotent.
    var idempotency = 0
  }

  var name = "test.proto"
  var package = "test"
  var service = "Test"
  var messages: [(name: String, fields: [Field])] = [
    (
      "Request",
      [
        Field(name: "id", type: .string), Field(name: "count", type: .int32),
        Field(name: "tags", type: .string, repeated: true),
        Field(name: "inner", type: .message, typeName: ".test.Request"),
        Field(name: "inners", type: .message, typeName: ".test.Request", repeated: true),
      ]
    ),
    ("Response", [Field(name: "request", type: .message, typeName: ".test.Request")]),
  ]
  var methods: [Method] = []

  /// A set with this file alone.
  func set() -> [UInt8] { Wire.bytes(1, file()) }

  func pool() throws -> DescriptorPool { try DescriptorPool(fileDescriptorSet: set()) }

  func types(named registered: String, protoServices: [String] = [], since: UInt64 = 0) throws
    -> ServiceTypes
  {
    ServiceTypes(
      name: registered, hash: registered, pool: try pool(), protoServices: protoServices, since: since)
  }

  private func file() -> [UInt8] {
    var file = Wire.text(1, name) + Wire.text(2, package)
    for message in messages {
      var bytes = Wire.text(1, message.name)
      for (index, field) in message.fields.enumerated() {
        var encoded = Wire.text(1, field.name) + Wire.number(3, index + 1)
        encoded += Wire.number(4, field.repeated ? 3 : 1) + Wire.number(5, Int(field.type.rawValue))
        if !field.typeName.isEmpty { encoded += Wire.text(6, field.typeName) }
        bytes += Wire.bytes(2, encoded)
      }
      file += Wire.bytes(4, bytes)
    }
    var encoded = Wire.text(1, service)
    for method in methods { encoded += Wire.bytes(2, encode(method)) }
    return file + Wire.bytes(6, encoded) + Wire.text(12, "proto3")
  }

  private func encode(_ method: Method) -> [UInt8] {
    var bytes = Wire.text(1, method.name)
    bytes += Wire.text(2, ".\(package).\(method.input)") + Wire.text(3, ".\(package).\(method.output)")
    var options: [UInt8] = method.idempotency == 0 ? [] : Wire.number(34, method.idempotency)
    if let first = method.rules.first {
      var rule = encode(first)
      for other in method.rules.dropFirst() { rule += Wire.bytes(11, encode(other)) }
      options += Wire.bytes(72_295_728, rule)
    }
    if !options.isEmpty { bytes += Wire.bytes(4, options) }
    if method.clientStreaming { bytes += Wire.number(5, 1) }
    if method.serverStreaming { bytes += Wire.number(6, 1) }
    return bytes
  }

  private func encode(_ rule: HTTPRule) -> [UInt8] {
    let known = ["GET": 2, "PUT": 3, "POST": 4, "DELETE": 5, "PATCH": 6]
    var bytes =
      known[rule.verb].map { Wire.text($0, rule.path) }
      ?? Wire.bytes(8, Wire.text(1, rule.verb) + Wire.text(2, rule.path))
    if let body = rule.body { bytes += Wire.text(7, body) }
    if let responseBody = rule.responseBody { bytes += Wire.text(12, responseBody) }
    return bytes
  }
}

/// Just enough of the wire format to write descriptors.
enum Wire {
  static func number(_ field: Int, _ value: Int) -> [UInt8] { varint(field << 3) + varint(value) }
  static func text(_ field: Int, _ value: String) -> [UInt8] { bytes(field, Array(value.utf8)) }

  static func bytes(_ field: Int, _ value: [UInt8]) -> [UInt8] {
    varint(field << 3 | 2) + varint(value.count) + value
  }

  private static func varint(_ value: Int) -> [UInt8] {
    var value = UInt(value)
    var bytes: [UInt8] = []
    while value >= 0x80 {
      bytes.append(UInt8(value & 0x7F) | 0x80)
      value >>= 7
    }
    return bytes + [UInt8(value)]
  }
}
