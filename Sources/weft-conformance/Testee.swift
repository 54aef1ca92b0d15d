import WeftProtobuf

/// Does what a `conformance.ConformanceRequest` asks for, with messages of types known only at run time.
struct Testee {
  private let pool: DescriptorPool
  private let request: MessageDescriptor
  private let response: MessageDescriptor

  struct MissingType: Error {
    let name: String
  }

  init(pool: DescriptorPool) throws {
    self.pool = pool
    guard let request = pool.message(named: "conformance.ConformanceRequest"),
      let response = pool.message(named: "conformance.ConformanceResponse")
    else { throw MissingType(name: "conformance.ConformanceRequest") }
    self.request = request
    self.response = response
  }

  private enum Outcome {
    case parseError(String)
    case serializeError(String)
    case skipped(String)
    case bytes([UInt8])
    case json(String)
  }

  /// A serialized `conformance.ConformanceResponse`.
  func answer(_ bytes: [UInt8]) throws -> [UInt8] {
    let message = try DynamicMessage(request, pool: pool, serialized: bytes)
    let (field, value): (String, FieldValue) =
      switch outcome(of: message) {
      case .parseError(let text): ("parse_error", .string(text))
      case .serializeError(let text): ("serialize_error", .string(text))
      case .skipped(let text): ("skipped", .string(text))
      case .bytes(let bytes): ("protobuf_payload", .bytes(bytes))
      case .json(let text): ("json_payload", .string(text))
      }
    let answer = DynamicMessage(response, pool: pool)
    guard let descriptor = response.field(named: field) else { throw MissingType(name: field) }
    try answer.set(descriptor, to: value)
    return try answer.serialized()
  }

  private func outcome(of request: DynamicMessage) -> Outcome {
    func value(_ name: String) -> FieldValue? { self.request.field(named: name).flatMap { request.get($0) } }
    guard case .string(let typeName)? = value("message_type") else { return .skipped("no type") }
    // The runner first asks which failures are expected: none.
    if typeName == "conformance.FailureSet" { return .bytes([]) }
    guard let type = pool.message(named: typeName) else { return .skipped("\(typeName) is not known") }

    let message = DynamicMessage(type, pool: pool)
    do {
      if case .bytes(let bytes)? = value("protobuf_payload") {
        try message.merge(serialized: bytes)
      } else if case .string(let text)? = value("json_payload") {
        // 3 is JSON_IGNORE_UNKNOWN_PARSING_TEST.
        var options = JSONDecodingOptions()
        if case .enumeration(3)? = value("test_category") { options.ignoreUnknownFields = true }
        try message.merge(json: Array(text.utf8), options: options)
      } else {
        return .skipped("only wire bytes and JSON are read")
      }
    } catch {
      return .parseError("\(error)")
    }
    do {
      switch value("requested_output_format") {
      case .enumeration(1): return .bytes(try message.serialized())
      case .enumeration(2): return .json(String(decoding: try message.json(), as: UTF8.self))
      default: return .skipped("only wire bytes and JSON are written")
      }
    } catch {
      return .serializeError("\(error)")
    }
  }
}
