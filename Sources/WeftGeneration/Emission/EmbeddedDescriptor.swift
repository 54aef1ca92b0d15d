import WeftProtobuf

/// The form in which a file's descriptor goes into generated code.
enum EmbeddedDescriptor {
  /// `source_code_info` of `FileDescriptorProto`: comments and positions, most of the bytes.
  private static let sourceCodeInfo: UInt32 = 9
  /// `leading_detached_comments` of its `Location`s.
  private static let detachedComments: UInt32 = 6

  static func base64(of file: FileDescriptor, comments: Bool = false) throws(GenerationError) -> String {
    let bytes = try bytes(of: file, comments: comments)
    return String(unsafeUninitializedCapacity: Base64.encodedSize(bytes.count)) { text in
      guard let start = text.baseAddress else { return 0 }
      bytes.withUnsafeBufferPointer { Base64.encode($0, to: start) }
      return text.count
    }
  }

  /// - Parameter comments: whether the comments on declarations are kept.
  static func bytes(of file: FileDescriptor, comments: Bool = false) throws(GenerationError) -> [UInt8] {
    do throws(WireError) {
      return try filtered(file.serialized[...]) { (number, content) throws(WireError) in
        guard number == sourceCodeInfo else { return content }
        return comments ? try onlyComments(content) : nil
      }
    } catch {
      throw GenerationError("\(file.name): \(error)")
    }
  }

  /// Of a `SourceCodeInfo`, the locations of what has a comment.
  private static func onlyComments(_ info: ArraySlice<UInt8>) throws(WireError) -> ArraySlice<UInt8>? {
    let kept = try filtered(info) { (_, location) throws(WireError) in
      var hasComment = false
      let kept = try filtered(location) { (number, content) in
        // `leading_comments` and `trailing_comments`.
        hasComment = hasComment || number == 3 || number == 4
        return number == detachedComments ? nil : content
      }
      return hasComment ? kept[...] : nil
    }
    return kept.isEmpty ? nil : kept[...]
  }

  /// A message without some of its fields.
  ///
  /// - Parameter keep: gives what shall stand in a length-delimited field, or nil to leave that out.
  private static func filtered(
    _ message: ArraySlice<UInt8>,
    keep: (UInt32, ArraySlice<UInt8>) throws(WireError) -> ArraySlice<UInt8>?
  ) throws(WireError) -> [UInt8] {
    var kept: [UInt8] = []
    var reader = WireReader(message)
    var start = reader.offset
    while let tag = try reader.nextTag() {
      if tag.type == .lengthDelimited {
        let content = try reader.lengthDelimited(tag)
        if let content = try keep(tag.number, content) {
          append(varint: UInt64(tag.number) << 3 | 2, to: &kept)
          append(varint: UInt64(content.count), to: &kept)
          kept += content
        }
      } else {
        try reader.skip(tag)
        kept += message[start..<reader.offset]
      }
      start = reader.offset
    }
    return kept
  }

  private static func append(varint: UInt64, to bytes: inout [UInt8]) {
    var rest = varint
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }
}
