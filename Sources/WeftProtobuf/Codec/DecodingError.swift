internal import CProtobufC
internal import CWeftCodec

/// Why bytes were refused as a message, and where.
public struct DecodingError: Error, Sendable, Hashable, CustomStringConvertible {
  public enum Reason: String, Sendable, Hashable {
    case truncated = "the input ends within a field"
    case badVarint = "a varint is cut off or longer than ten bytes"
    case badFieldNumber = "a field number is zero or too large"
    case badWireType = "a wire type is neither of the six"
    case badUTF8 = "a string is not UTF-8"
    case badGroup = "a group ends that did not begin, or the other way round"
    case tooDeep = "messages are nested too deeply"
    case tooMuchMemory = "the message needs more memory than it may have"
  }

  public let reason: Reason
  /// Where in the input.
  public let byteOffset: Int
  /// Full name of the message type that was being read.
  public let type: String
  /// The fields that led there from the outermost message, such as `config.langs`; empty when it is not in a field.
  public let path: String

  public var description: String {
    let place = path.isEmpty ? type : "\(path) (in \(type))"
    return "\(place), byte \(byteOffset): \(reason.rawValue)"
  }
}

extension DecodingError {
  init(_ error: weft_error) {
    reason = Reason(error.status)
    byteOffset = error.offset
    type = error.type.map { String(cString: $0.pointee.name) } ?? ""
    var error = error
    let count = Int(error.path_length)
    path = withUnsafeBytes(of: &error.path) { bytes in
      bytes.assumingMemoryBound(to: UnsafePointer<ProtobufCFieldDescriptor>?.self).prefix(count)
        .reversed().compactMap { $0.map { String(cString: $0.pointee.name) } }.joined(separator: ".")
    }
  }

  static func outOfMemory(_ type: String) -> DecodingError {
    DecodingError(reason: .tooMuchMemory, byteOffset: 0, type: type, path: "")
  }
}

extension DecodingError.Reason {
  fileprivate init(_ status: weft_status) {
    self =
      switch status {
      case WEFT_BAD_VARINT: .badVarint
      case WEFT_BAD_FIELD_NUMBER: .badFieldNumber
      case WEFT_BAD_WIRE_TYPE: .badWireType
      case WEFT_BAD_UTF8: .badUTF8
      case WEFT_BAD_GROUP: .badGroup
      case WEFT_TOO_DEEP: .tooDeep
      case WEFT_ARENA_FULL, WEFT_TOO_LARGE: .tooMuchMemory
      default: .truncated
      }
  }
}

/// Why a message cannot be encoded.
public enum EncodingError: Error, Sendable, Hashable, CustomStringConvertible {
  /// More than 2 GiB, protobuf's limit.
  case tooLarge
  /// Nested more deeply than any decoder accepts.
  case tooDeep
  case outOfMemory

  public var description: String {
    switch self {
    case .tooLarge: "the message is larger than 2 GiB"
    case .tooDeep: "messages are nested too deeply"
    case .outOfMemory: "memory is exhausted"
    }
  }
}
