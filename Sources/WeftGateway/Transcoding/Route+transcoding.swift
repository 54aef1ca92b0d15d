import NIOCore
import WeftProtobuf

extension Route {
  /// Makes the request message of a call, on the wire, from an HTTP request.
  /// - Parameters:
  ///   - path: the segments that matched ``template``.
  ///   - query: what follows the question mark, as sent.
  ///   - content: the request body.
  func request(
    path: [RequestPath.Segment], query: String?, content: ByteBuffer
  ) throws(GatewayError) -> ByteBuffer {
    let message = DynamicMessage(method.input, pool: pool)
    switch body {
    case .none:
      guard content.isBlankJSON else {
        throw GatewayError(.invalidArgument, "\(verb) \(template.text) takes no request body")
      }
    case .whole:
      if content.readableBytes > 0 { try message.read(content, into: []) }
    case .field(let field):
      if content.readableBytes > 0 { try message.read(content, into: [field]) }
    }
    try bind(path, to: message)
    if let query, !query.isEmpty { try bind(QueryString(query), to: message) }
    return try message.wireBytes()
  }

  /// Makes the request message of a call from JSON alone.
  func request(json: ByteBuffer, source: String = "request body") throws(GatewayError) -> ByteBuffer {
    let message = DynamicMessage(method.input, pool: pool)
    if json.readableBytes > 0 { try message.read(json, into: [], source: source) }
    return try message.wireBytes()
  }

  /// Makes JSON from an answer of the service.
  func response(_ bytes: ByteBuffer) throws(GatewayError) -> [UInt8] {
    do {
      let message = try bytes.withUnsafeReadableBytes { bytes in
        try DynamicMessage(method.output, pool: pool, serialized: bytes)
      }
      let options = JSONEncodingOptions(alwaysPrintFieldsWithNoPresence: true)
      if let responseBody { return try message.json(field: responseBody, options: options) }
      return try message.json(options: options)
    } catch {
      throw GatewayError(
        .internalError,
        "the answer of service \"\(service)\" cannot be read as \(method.output.fullName): \(error)")
    }
  }
}

extension DynamicMessage {
  /// Reads JSON into the message, or into the field at the end of a path.
  fileprivate func read(
    _ content: ByteBuffer, into path: [FieldDescriptor], source: String = "request body"
  ) throws(GatewayError) {
    do {
      try requireObject(content, at: path, source)
      let options = JSONDecodingOptions(maxArenaBytes: 256 << 20)
      try content.withUnsafeReadableBytes { json in
        if path.isEmpty {
          try merge(json: json, options: options)
        } else {
          try merge(json: json, into: path, options: options)
        }
      }
    } catch let error as GatewayError {
      throw error
    } catch let error as JSONDecodingError {
      throw .badValue(field: error.path, reason: "\(error.reason) (byte \(error.byteOffset))", in: source)
    } catch {
      throw GatewayError(.invalidArgument, "\(source): \(error)")
    }
  }

  /// Says of `null` or a number what is wrong with it, rather than which byte was not expected.
  private func requireObject(
    _ content: ByteBuffer, at path: [FieldDescriptor], _ source: String
  ) throws(GatewayError) {
    // Well-known types have JSON forms of their own, and a field's null says that it is not there.
    guard path.isEmpty, descriptor.wellKnownType == nil,
      let offset = content.readableBytesView.enumerated().first(where: { !$0.element.isJSONSpace }),
      offset.element != UInt8(ascii: "{")
    else { return }
    throw .badValue(field: "", reason: "must be a JSON object (byte \(offset.offset))", in: source)
  }

  fileprivate func wireBytes() throws(GatewayError) -> ByteBuffer {
    do {
      return ByteBuffer(bytes: try serialized())
    } catch {
      throw GatewayError(.invalidArgument, "the request cannot be encoded: \(error)")
    }
  }
}

extension UInt8 {
  /// White space of JSON (RFC 8259, section 2).
  fileprivate var isJSONSpace: Bool { self == 0x20 || self == 0x09 || self == 0x0A || self == 0x0D }
}

extension ByteBuffer {
  /// Nothing, or an empty object: what clients send when they have nothing to say.
  var isBlankJSON: Bool {
    var meaningful = readableBytesView.lazy.filter { !$0.isJSONSpace }.makeIterator()
    guard let first = meaningful.next() else { return true }
    return first == UInt8(ascii: "{") && meaningful.next() == UInt8(ascii: "}") && meaningful.next() == nil
  }
}
