import Testing

@testable import WeftProtobuf

/// The types of Tests/CWeftTestMessages.
enum TestPool {
  static let shared: DescriptorPool = {
    let text = Array(testDescriptorSet.utf8)
    let bytes = text.withUnsafeBufferPointer { Base64.decode($0) } ?? []
    do {
      return try DescriptorPool(fileDescriptorSet: bytes)
    } catch {
      preconditionFailure("\(error)")
    }
  }()

  static func type(_ name: String) throws -> MessageDescriptor {
    try #require(shared.message(named: "weft.\(name)"), "no type \(name)")
  }

  static func new(_ name: String, limits: DecodingLimits = .default) throws -> DynamicMessage {
    DynamicMessage(try type(name), pool: shared, limits: limits)
  }

  static func decode(
    _ name: String, _ bytes: [UInt8], limits: DecodingLimits = .default
  ) throws -> DynamicMessage {
    try DynamicMessage(try type(name), pool: shared, serialized: bytes, limits: limits)
  }

  /// Decodes and shows as JSON.
  static func json(_ name: String, _ bytes: [UInt8]) throws -> String {
    String(decoding: try decode(name, bytes).json(), as: UTF8.self)
  }

  /// Decodes and encodes again.
  static func roundTrip(_ name: String, _ bytes: [UInt8]) throws -> [UInt8] {
    try decode(name, bytes).serialized()
  }

  static func decodeJSON(
    _ name: String, _ text: String, options: JSONDecodingOptions = .init()
  ) throws -> DynamicMessage {
    let message = try new(name)
    try message.merge(json: Array(text.utf8), options: options)
    return message
  }

  /// Reads JSON and writes it again.
  static func jsonRoundTrip(
    _ name: String, _ text: String, reading: JSONDecodingOptions = .init(),
    writing: JSONEncodingOptions = .init()
  ) throws -> String {
    String(decoding: try decodeJSON(name, text, options: reading).json(options: writing), as: UTF8.self)
  }
}

/// The error that decoding `bytes` gives.
func decodingError(_ name: String, _ bytes: [UInt8], limits: DecodingLimits = .default) throws
  -> WeftProtobuf.DecodingError
{
  try #require(throws: WeftProtobuf.DecodingError.self) {
    _ = try TestPool.decode(name, bytes, limits: limits)
  }
}

/// The error that reading `text` gives.
func jsonError(
  _ name: String, _ text: String, options: JSONDecodingOptions = .init()
) throws -> JSONDecodingError {
  try #require(throws: JSONDecodingError.self) {
    _ = try TestPool.decodeJSON(name, text, options: options)
  }
}
