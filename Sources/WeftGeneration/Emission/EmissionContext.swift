import WeftProtobuf

/// What the emitters of one run share.
struct EmissionContext {
  private let pool: DescriptorPool
  let options: GeneratorOptions
  let names: NameTable
  let storage: StorageAnalysis

  init(_ pool: DescriptorPool, _ options: GeneratorOptions) {
    self.pool = pool
    self.options = options
    names = NameTable(pool)
    storage = StorageAnalysis(pool)
  }

  /// `public `, `package ` or nothing.
  var access: String {
    switch options.visibility {
    case .public: "public "
    case .package: "package "
    case .internal: ""
    }
  }

  /// The Swift expression for the descriptors of a file.
  func handle(_ file: FileDescriptor) -> String { NameTable.handle(of: file.name) + ".file" }

  /// Whether a type is deprecated: itself, or with all of its file.
  func isDeprecated(_ message: MessageDescriptor) -> Bool {
    message.isDeprecated || message.containingType == nil && message.file.isDeprecated
  }

  func isDeprecated(_ enumeration: EnumDescriptor) -> Bool {
    enumeration.isDeprecated || enumeration.containingType == nil && enumeration.file.isDeprecated
  }

  /// The files whose types code of `file` may use: what it imports, and what those re-export by
  /// `import public`.
  func visibleFiles(from file: FileDescriptor) -> Set<String> {
    var visible: Set<String> = []
    var pending = file.dependencies
    while let name = pending.popLast() {
      guard visible.insert(name).inserted else { continue }
      pending += pool.file(named: name)?.publicDependencies ?? []
    }
    return visible
  }

  /// The Swift type of one value of a field.
  func elementType(_ field: FieldDescriptor) -> String {
    switch field.type {
    case .double: "Double"
    case .float: "Float"
    case .int64, .sint64, .sfixed64: "Int64"
    case .uint64, .fixed64: "UInt64"
    case .int32, .sint32, .sfixed32: "Int32"
    case .uint32, .fixed32: "UInt32"
    case .bool: "Bool"
    case .string: "String"
    case .bytes: "[UInt8]"
    case .message, .group: field.messageType.map(names.type) ?? "Never"
    case .enum: field.enumType.map(names.type) ?? "Never"
    }
  }
}
