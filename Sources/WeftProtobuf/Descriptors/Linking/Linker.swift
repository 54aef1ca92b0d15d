/// Makes linked descriptors of parsed files, or says what is wrong with them.
///
/// The work goes in three passes. Files are put in order of their imports; then each file declares its
/// types, which gives every name its meaning; last, fields and methods are resolved against those
/// names. No descriptor is visible outside until all passes are through.
struct Linker {
  let limits: DescriptorLimits
  var files: [FileDescriptor] = []
  var messages: [MessageDescriptor] = []
  var enums: [EnumDescriptor] = []
  var services: [ServiceDescriptor] = []
  var extensions: [FieldDescriptor] = []
  var filesByName: [String: FileDescriptor] = [:]
  var symbols: [String: DescriptorSymbol] = [:]
  /// For each message by index, what it was parsed from: the second pass needs it again.
  var parsedMessages: [ParsedMessage] = []
  /// For each file, the files whose names it may use.
  var visibleFiles: [String: Set<String>] = [:]

  /// Extended message and number of every extension.
  var extensionNumbers: Set<String> = []

  init(limits: DescriptorLimits) { self.limits = limits }

  mutating func link(_ serializedFiles: [[UInt8]]) throws(DescriptorError) {
    let ordered = try ImportOrder(limits: limits).sort(try parse(serializedFiles))
    for parsed in ordered {
      let file = FileDescriptor(parsed)
      filesByName[file.name] = file
      files.append(file)
      visibleFiles[file.name] = visible(from: file)
      try declare(parsed, in: file)
    }
    for (parsed, file) in zip(ordered, files) { try resolve(parsed, in: file) }
    for message in messages { try checkMapEntry(message) }
    for message in messages { try recogniseWellKnownType(message) }
  }

  private func parse(_ serializedFiles: [[UInt8]]) throws(DescriptorError) -> [ParsedFile] {
    let total = serializedFiles.reduce(0) { $0 + $1.count }
    guard total <= limits.maxBytes else {
      throw DescriptorError(
        location: "descriptor set", reason: "\(total) bytes exceed the limit of \(limits.maxBytes)")
    }
    guard serializedFiles.count <= limits.maxFiles else {
      throw DescriptorError(
        location: "descriptor set",
        reason: "\(serializedFiles.count) files exceed the limit of \(limits.maxFiles)")
    }
    var parsed: [ParsedFile] = []
    var budget = ParseBudget(limits)
    for (index, bytes) in serializedFiles.enumerated() {
      do throws(WireError) {
        parsed.append(try ParsedFile(parsing: bytes, budget: &budget))
      } catch {
        throw DescriptorError(location: "file \(index)", reason: error.description)
      }
    }
    return parsed
  }

  /// A file sees its imports and what those re-export by `import public`.
  private func visible(from file: FileDescriptor) -> Set<String> {
    var visible: Set<String> = [file.name]
    var pending = file.dependencies
    while let name = pending.popLast() {
      guard visible.insert(name).inserted, let imported = filesByName[name] else { continue }
      pending.append(contentsOf: imported.publicDependencies)
    }
    return visible
  }

  /// Fails for what is in `file` at the fully qualified `name`.
  func failure(_ file: FileDescriptor, _ name: String, _ reason: String) -> DescriptorError {
    DescriptorError(location: "\(file.name): \(name)", reason: reason)
  }
}
