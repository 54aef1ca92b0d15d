/// What a plugin answers protoc with: `google.protobuf.compiler.CodeGeneratorResponse`.
public struct CodeGeneratorResponse: Sendable, Hashable {
  public struct File: Sendable, Hashable {
    /// Path within the output folder.
    public var name: String
    public var content: String
  }

  /// `FEATURE_PROTO3_OPTIONAL`: without it protoc does not pass on files that use proto3 `optional`.
  static let supportedFeatures: UInt64 = 1

  public var files: [File] = []
  /// What is wrong with the input; protoc prints it and fails.
  public var error: String?

  // Field numbers are those of google/protobuf/compiler/plugin.proto.
  public func serialized() -> [UInt8] {
    var bytes: [UInt8] = []
    if let error { Self.append(error.utf8, field: 1, to: &bytes) }
    // Field 2, a varint.
    bytes.append(0x10)
    Self.append(varint: Self.supportedFeatures, to: &bytes)
    for file in files {
      var content: [UInt8] = []
      Self.append(file.name.utf8, field: 1, to: &content)
      Self.append(file.content.utf8, field: 15, to: &content)
      Self.append(content, field: 15, to: &bytes)
    }
    return bytes
  }

  private static func append(
    _ payload: some Collection<UInt8>, field: UInt8, to bytes: inout [UInt8]
  ) {
    bytes.append(field << 3 | 2)
    append(varint: UInt64(payload.count), to: &bytes)
    bytes.append(contentsOf: payload)
  }

  private static func append(varint: UInt64, to bytes: inout [UInt8]) {
    var rest = varint
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(truncatingIfNeeded: rest))
  }
}
