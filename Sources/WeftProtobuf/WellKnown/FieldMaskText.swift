/// The text of a `google.protobuf.FieldMask`: paths in lower camel case, with commas between them.
enum FieldMaskText {
  /// A path with its names as in the `.proto` file. Nil when it could not have been made from one.
  static func originalPath(_ path: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
    var result: [UInt8] = []
    result.reserveCapacity(path.count + 4)
    for byte in path {
      switch byte {
      case UInt8(ascii: "A")...UInt8(ascii: "Z"): result += [UInt8(ascii: "_"), byte + 32]
      case UInt8(ascii: "_"), 0x80...: return nil
      default: result.append(byte)
      }
    }
    return result
  }

  /// A path in lower camel case. Nil when it could not be read back.
  static func jsonPath(_ path: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
    var result: [UInt8] = []
    result.reserveCapacity(path.count)
    var raise = false
    for byte in path {
      switch byte {
      case UInt8(ascii: "_"):
        if raise { return nil }
        raise = true
      case UInt8(ascii: "a")...UInt8(ascii: "z"):
        result.append(raise ? byte - 32 : byte)
        raise = false
      default:
        // A capital, an underscore that no letter follows, or what separates paths.
        let isCapital = (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
        if raise || isCapital || byte == UInt8(ascii: ",") || byte >= 0x80 { return nil }
        result.append(byte)
      }
    }
    return raise ? nil : result
  }
}
