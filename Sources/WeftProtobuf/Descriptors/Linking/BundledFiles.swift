/// Files that a set may leave out although it imports them, because every implementation has them.
enum BundledFiles {
  private static let all: [String: GeneratedFile] = Dictionary(
    uniqueKeysWithValues: [
      ProtoFile_google__protobuf__any.file, ProtoFile_google__protobuf__api.file,
      ProtoFile_google__protobuf__descriptor.file, ProtoFile_google__protobuf__duration.file,
      ProtoFile_google__protobuf__empty.file, ProtoFile_google__protobuf__field_mask.file,
      ProtoFile_google__protobuf__source_context.file, ProtoFile_google__protobuf__struct.file,
      ProtoFile_google__protobuf__timestamp.file, ProtoFile_google__protobuf__type.file,
      ProtoFile_google__protobuf__wrappers.file, ProtoFile_google__api__annotations.file,
      ProtoFile_google__api__field_behavior.file, ProtoFile_google__api__http.file,
      ProtoFile_google__api__httpbody.file, ProtoFile_google__api__resource.file,
    ].map { ($0.name, $0) })

  /// The serialized descriptor of a file; its pool is complete, so that making it asks for nothing here.
  static func serialized(_ name: String) -> [UInt8]? {
    all[name]?.pool.file(named: name)?.serialized
  }
}
