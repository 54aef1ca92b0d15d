/// Bytes that are not a well-formed protobuf message, or not one of the expected kind.
package struct WireError: Error, CustomStringConvertible {
  package let reason: String
  package let offset: Int

  package var description: String { "\(reason) at byte \(offset)" }
}

/// A bounded reader of the protobuf wire format.
///
/// Descriptors are read with this rather than with the message codec, because the codec needs
/// descriptors before it can read anything.
package struct WireReader {
  package enum WireType: UInt8 {
    case varint = 0
    case fixed64 = 1
    case lengthDelimited = 2
    case startGroup = 3
    case endGroup = 4
    case fixed32 = 5
  }

  package struct Tag {
    package let number: UInt32
    package let type: WireType
  }

  /// Nothing that is skipped may nest groups deeper than this.
  private static let maxGroupDepth = 64

  private let bytes: ArraySlice<UInt8>
  package private(set) var offset: Int

  package init(_ bytes: [UInt8]) { self.init(bytes[...]) }

  package init(_ bytes: ArraySlice<UInt8>) {
    self.bytes = bytes
    offset = bytes.startIndex
  }

  /// The next tag, or nil at the end.
  package mutating func nextTag() throws(WireError) -> Tag? {
    guard offset < bytes.endIndex else { return nil }
    let raw = try varint()
    guard let tag = UInt32(exactly: raw), tag >> 3 != 0, let type = WireType(rawValue: UInt8(tag & 7))
    else { throw error("invalid tag") }
    return Tag(number: tag >> 3, type: type)
  }

  package mutating func varint() throws(WireError) -> UInt64 {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while offset < bytes.endIndex {
      let byte = bytes[offset]
      offset += 1
      if shift == 63, byte > 1 { throw error("varint of more than 64 bits") }
      value |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return value }
      shift += 7
    }
    throw error("truncated varint")
  }

  package mutating func varint(_ tag: Tag) throws(WireError) -> UInt64 {
    try expect(.varint, tag)
    return try varint()
  }

  package mutating func bool(_ tag: Tag) throws(WireError) -> Bool { try varint(tag) != 0 }

  /// An `int32` or enum: the low 32 bits of the varint, as every implementation reads it.
  package mutating func int32(_ tag: Tag) throws(WireError) -> Int32 {
    Int32(truncatingIfNeeded: try varint(tag))
  }

  package mutating func lengthDelimited(_ tag: Tag) throws(WireError) -> ArraySlice<UInt8> {
    try expect(.lengthDelimited, tag)
    let length = try varint()
    guard length <= UInt64(bytes.endIndex - offset) else { throw error("truncated field") }
    let start = offset
    offset += Int(length)
    return bytes[start..<offset]
  }

  package mutating func string(_ tag: Tag) throws(WireError) -> String {
    let slice = try lengthDelimited(tag)
    guard let text = String(validating: slice, as: UTF8.self) else {
      throw error("string is not UTF-8")
    }
    return text
  }

  /// A repeated `int32` that may come packed or one at a time.
  package mutating func int32s(_ tag: Tag, into values: inout [Int32]) throws(WireError) {
    guard tag.type == .lengthDelimited else { return values.append(try int32(tag)) }
    var packed = WireReader(try lengthDelimited(tag))
    while packed.offset < packed.bytes.endIndex {
      values.append(Int32(truncatingIfNeeded: try packed.varint()))
    }
  }

  /// Passes over a field that is of no interest.
  package mutating func skip(_ tag: Tag, depth: Int = 0) throws(WireError) {
    switch tag.type {
    case .varint: _ = try varint()
    case .fixed64: try advance(8)
    case .fixed32: try advance(4)
    case .lengthDelimited: _ = try lengthDelimited(tag)
    case .startGroup:
      guard depth < Self.maxGroupDepth else { throw error("groups nested too deep") }
      while let inner = try nextTag() {
        if inner.type == .endGroup {
          guard inner.number == tag.number else { throw error("unbalanced group") }
          return
        }
        try skip(inner, depth: depth + 1)
      }
      throw error("truncated group")
    case .endGroup: throw error("unbalanced group")
    }
  }

  private mutating func advance(_ count: Int) throws(WireError) {
    guard count <= bytes.endIndex - offset else { throw error("truncated field") }
    offset += count
  }

  private func expect(_ type: WireType, _ tag: Tag) throws(WireError) {
    guard tag.type == type else { throw error("field \(tag.number) has the wrong wire type") }
  }

  private func error(_ reason: String) -> WireError { WireError(reason: reason, offset: offset) }
}
