/// One `.proto` file of a ``DescriptorPool``.
///
/// Like every descriptor it belongs to its pool and does not keep it alive: hold the pool for as long
/// as you use what came from it.
public final class FileDescriptor: Sendable {
  /// The language level of a file. Editions are refused.
  public enum Syntax: Sendable, Hashable {
    case proto2, proto3
  }

  /// Path as other files import it, such as `google/protobuf/any.proto`.
  public let name: String
  public let package: String
  public let syntax: Syntax
  /// Names of the imported files, in order of their import.
  public let dependencies: [String]
  /// Those of ``dependencies`` that are re-exported by `import public`.
  public let publicDependencies: [String]
  /// The `FileDescriptorProto` that this was parsed from, byte for byte.
  public let serialized: [UInt8]
  /// The option `swift_prefix`, which replaces the prefix made from the package.
  public let swiftPrefix: String?
  public let isDeprecated: Bool
  /// Comment before the `syntax` or `package` statement.
  public let comment: String?

  // Filled by the linker before the pool is visible to anyone, and never changed after.
  nonisolated(unsafe) public internal(set) var messages: [MessageDescriptor] = []
  nonisolated(unsafe) public internal(set) var enums: [EnumDescriptor] = []
  nonisolated(unsafe) public internal(set) var services: [ServiceDescriptor] = []
  /// Extensions declared at the top level of the file.
  nonisolated(unsafe) public internal(set) var extensions: [FieldDescriptor] = []

  init(_ parsed: ParsedFile) {
    name = parsed.name
    package = parsed.package
    syntax = parsed.syntax
    dependencies = parsed.dependencies
    publicDependencies = parsed.publicDependencies
    serialized = parsed.serialized
    swiftPrefix = parsed.swiftPrefix
    isDeprecated = parsed.isDeprecated
    // Paths 12 and 2 of FileDescriptorProto: `syntax` and `package`.
    comment = parsed.comments[[12]] ?? parsed.comments[[2]]
  }
}
