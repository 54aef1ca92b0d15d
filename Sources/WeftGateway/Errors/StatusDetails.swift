import WeftProtobuf
import WeftRPC

/// The details of a `google.rpc.Status` that a service answered with, as JSON.
enum StatusDetails {
  static let maxDetails = 32

  /// - Parameters:
  ///   - status: a serialized `google.rpc.Status`. One that cannot be read has no details.
  ///   - pool: the types of the service; those of `google/rpc/error_details.proto` are known besides.
  /// - Returns: objects with `@type`. Those of unknown types have their bytes in base64 as `value`.
  static func json(of status: [UInt8], pool: DescriptorPool) -> [[UInt8]] {
    guard let status = try? Google_Rpc_Status(serialized: status) else { return [] }
    return status.details.prefix(maxDetails).map { detail in
      json(typeURL: detail.typeURL, value: detail.value, pool: pool)
    }
  }

  private static func json(typeURL: String, value: [UInt8], pool: DescriptorPool) -> [UInt8] {
    let name = typeURL.split(separator: "/").last.map(String.init) ?? ""
    for pool in [pool, ProtoFile_google__rpc__error_details.file.pool] {
      guard let type = pool.message(named: name), let json = json(value, type, pool) else { continue }
      return object(typeURL, type.wellKnownType == nil ? .members(json) : .value(json))
    }
    var writer = JSONOutput(escaping: .standard)
    writer.base64(value)
    return object(typeURL, .value(writer.bytes))
  }

  private static func json(_ value: [UInt8], _ type: MessageDescriptor, _ pool: DescriptorPool) -> [UInt8]? {
    try? value.withUnsafeBytes { bytes in
      try DynamicMessage(type, pool: pool, serialized: bytes).json(options: JSONEncodingOptions())
    }
  }

  private enum Content {
    /// A JSON object whose members go beside `@type`.
    case members([UInt8])
    /// Any JSON value.
    case value([UInt8])
  }

  /// The JSON form of `google.protobuf.Any`.
  private static func object(_ typeURL: String, _ content: Content) -> [UInt8] {
    var writer = JSONOutput(escaping: .standard)
    writer.beginObject()
    writer.field("@type", typeURL)
    switch content {
    case .members(let json):
      let members = json.dropFirst().dropLast()
      if !members.isEmpty { writer.raw(members) }
    case .value(let json):
      writer.key("value")
      writer.raw(json)
    }
    writer.endObject()
    return writer.bytes
  }
}
