import WeftProtobuf

/// The form in which a file's descriptor goes into generated code.
enum EmbeddedDescriptor {
  /// `source_code_info` of `FileDescriptorProto`: comments and positions, most of the bytes.
  private static let sourceCodeInfo: UInt32 = 9

  static func base64(of file: FileDescriptor) throws(GenerationError) -> String {
    let bytes = try bytes(of: file)
    return String(unsafeUninitializedCapacity: Base64.encodedSize(bytes.count)) { text in
      guard let start = text.baseAddress else { return 0 }
      bytes.withUnsafeBufferPointer { Base64.encode($0, to: start) }
      return text.count
    }
  }

  static func bytes(of file: FileDescriptor) throws(GenerationError) -> [UInt8] {
    do throws(WireError) {
      var kept: [UInt8] = []
      var reader = WireReader(file.serialized)
      var start = reader.offset
      while let tag = try reader.nextTag() {
        try reader.skip(tag)
        if tag.number != sourceCodeInfo { kept.append(contentsOf: file.serialized[start..<reader.offset]) }
        start = reader.offset
      }
      return kept
    } catch {
      throw GenerationError("\(file.name): \(error)")
    }
  }
}
