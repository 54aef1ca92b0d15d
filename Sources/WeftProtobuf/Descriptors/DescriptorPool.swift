/// An immutable, linked and validated set of `.proto` files.
///
/// Files may come in any order, and the well-known ones (`google/protobuf/*.proto`, `google/api/http.proto`
/// and `annotations.proto`) may be left out. Everything that a set of descriptors can get wrong is refused when the
/// pool is made, so that code working with descriptors needs no checks of its own.
///
/// The pool owns its descriptors; they refer to each other and to the pool without owning, because
/// message types are recursive. Keep the pool for as long as you use anything that came from it.
public final class DescriptorPool: Sendable {
  /// Each file after those that it imports.
  public let files: [FileDescriptor]
  /// All message types, nested ones and map entries too; a message's `index` is its place here.
  public let messages: [MessageDescriptor]
  /// All enum types; an enum's `index` is its place here.
  public let enums: [EnumDescriptor]
  public let services: [ServiceDescriptor]
  /// Every extension of the set.
  public let extensions: [FieldDescriptor]
  private let filesByName: [String: FileDescriptor]
  private let symbols: [String: DescriptorSymbol]

  /// Links the files of one serialized `google.protobuf.FileDescriptorSet`.
  public convenience init(
    fileDescriptorSet: [UInt8], limits: DescriptorLimits = .default
  ) throws(DescriptorError) {
    guard fileDescriptorSet.count <= limits.maxBytes else {
      throw DescriptorError(
        location: "descriptor set",
        reason: "\(fileDescriptorSet.count) bytes exceed the limit of \(limits.maxBytes)")
    }
    var serialized: [[UInt8]] = []
    do throws(WireError) {
      var reader = WireReader(fileDescriptorSet)
      while let tag = try reader.nextTag() {
        if tag.number == 1 {
          serialized.append(Array(try reader.lengthDelimited(tag)))
        } else {
          try reader.skip(tag)
        }
      }
    } catch {
      throw DescriptorError(location: "descriptor set", reason: error.description)
    }
    try self.init(serializedFiles: serialized, limits: limits)
  }

  /// Links serialized `google.protobuf.FileDescriptorProto`s. A file may be given more than once when
  /// its bytes are the same.
  public init(
    serializedFiles: [[UInt8]], limits: DescriptorLimits = .default
  ) throws(DescriptorError) {
    var linker = Linker(limits: limits)
    try linker.link(serializedFiles)
    files = linker.files
    messages = linker.messages
    enums = linker.enums
    services = linker.services
    extensions = linker.extensions
    filesByName = linker.filesByName
    symbols = linker.symbols
  }

  public func file(named name: String) -> FileDescriptor? { filesByName[name] }

  /// - Parameter fullName: without a leading dot.
  public func message(named fullName: String) -> MessageDescriptor? {
    if case .message(let message) = symbols[fullName] { message } else { nil }
  }

  public func enumeration(named fullName: String) -> EnumDescriptor? {
    if case .enumeration(let enumeration) = symbols[fullName] { enumeration } else { nil }
  }

  public func service(named fullName: String) -> ServiceDescriptor? {
    if case .service(let service) = symbols[fullName] { service } else { nil }
  }

  /// The file that declares a message, enum, enum value, field, extension, oneof, service or method.
  public func file(declaring symbol: String) -> FileDescriptor? { symbols[symbol]?.file }

  /// The extension with this number of the message called `fullName`.
  public func `extension`(of fullName: String, number: Int) -> FieldDescriptor? {
    extensions.first { $0.number == number && $0.message?.fullName == fullName }
  }

  /// All known extensions of the message called `fullName`.
  public func extensions(of fullName: String) -> [FieldDescriptor] {
    extensions.filter { $0.message?.fullName == fullName }
  }

  /// A serialized `google.protobuf.FileDescriptorSet`, each file after those that it imports.
  public func fileDescriptorSet() -> [UInt8] {
    Self.serializedSet(of: files)
  }

  /// A serialized `google.protobuf.FileDescriptorSet` of `file` and all that it imports, directly or
  /// not, each after its own imports.
  public func fileDescriptorSet(including file: FileDescriptor) -> [UInt8] {
    Self.serializedSet(of: closure(of: file))
  }

  /// `file` and all that it imports, directly or not, each after its own imports.
  public func closure(of file: FileDescriptor) -> [FileDescriptor] {
    var wanted: Set<String> = [file.name]
    // Importers come after what they import, so that one pass from the end finds them all.
    for candidate in files.reversed() where wanted.contains(candidate.name) {
      wanted.formUnion(candidate.dependencies)
    }
    return files.filter { wanted.contains($0.name) }
  }

  private static func serializedSet(of files: [FileDescriptor]) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(files.reduce(0) { $0 + $1.serialized.count + 6 })
    for file in files {
      // Field 1, length-delimited.
      bytes.append(0x0A)
      var length = file.serialized.count
      while length >= 0x80 {
        bytes.append(UInt8(truncatingIfNeeded: length) | 0x80)
        length >>= 7
      }
      bytes.append(UInt8(truncatingIfNeeded: length))
      bytes.append(contentsOf: file.serialized)
    }
    return bytes
  }
}
