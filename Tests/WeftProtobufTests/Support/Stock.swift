import CProtobufC
import CWeftTestMessages
import Testing

/// libprotobuf-c's own decoder and encoder, on what protoc-gen-c generates: what the codec is there to replace.
final class Stock {
  let message: UnsafeMutablePointer<ProtobufCMessage>

  private init(message: UnsafeMutablePointer<ProtobufCMessage>) { self.message = message }

  static func type(_ name: String) throws -> UnsafePointer<ProtobufCMessageDescriptor> {
    try #require(weft_test_descriptor("weft.\(name)"), "no generated type \(name)")
  }

  /// Nil when it refuses the bytes.
  static func decode(_ name: String, _ bytes: [UInt8]) throws -> Stock? {
    guard let message = protobuf_c_message_unpack(try type(name), nil, bytes.count, bytes) else { return nil }
    return Stock(message: message)
  }

  deinit { protobuf_c_message_free_unpacked(message, nil) }

  var serialized: [UInt8] {
    [UInt8](unsafeUninitializedCapacity: protobuf_c_message_get_packed_size(message)) { buffer, count in
      count = protobuf_c_message_pack(message, buffer.baseAddress)
    }
  }

  /// The generated struct.
  func read<T, R>(as type: T.Type, _ body: (T) -> R) -> R {
    body(UnsafeRawPointer(message).load(as: T.self))
  }

  static func accepts(_ name: String, _ bytes: [UInt8]) throws -> Bool { try decode(name, bytes) != nil }
}
