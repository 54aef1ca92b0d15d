import WeftProtobuf

/// Swift names of all types of a pool.
///
/// A type's name depends on its own file and the files which that imports, never on those that import
/// it, so that code generated on different occasions fits together.
struct NameTable {
  private let messages: [String]
  private let enums: [String]
  /// The last part of the name, as declared within its scope.
  private let messageNames: [String]
  private let enumNames: [String]
  /// By full name; what the names of a service's types begin with.
  private let services: [String: String]

  init(_ pool: DescriptorPool) {
    var builder = Builder(pool)
    for file in pool.files { builder.add(file) }
    messages = builder.messages
    enums = builder.enums
    messageNames = builder.messageNames
    enumNames = builder.enumNames
    services = builder.services
  }

  /// What follows the name of a service in those of its types.
  static let serviceSuffixes = ["Methods", "Handler", "Client"]

  /// The start of the names of a service's types.
  func prefix(of service: ServiceDescriptor) -> String { services[service.fullName] ?? service.name }

  /// Full name, as used anywhere: `Shop_V1_Order.Item`.
  func type(_ message: MessageDescriptor) -> String { messages[message.index] }

  func type(_ enumeration: EnumDescriptor) -> String { enums[enumeration.index] }

  func declared(_ message: MessageDescriptor) -> String { messageNames[message.index] }

  func declared(_ enumeration: EnumDescriptor) -> String { enumNames[enumeration.index] }

  static func prefix(of file: FileDescriptor) -> String {
    file.swiftPrefix ?? SwiftIdentifier.prefix(forPackage: file.package)
  }

  /// The enum that holds the descriptor of a file.
  static func handle(of path: String) -> String { "ProtoFile_" + SwiftIdentifier.fromPath(path) }
}

extension NameTable {
  private struct Builder {
    let pool: DescriptorPool
    var messages: [String]
    var enums: [String]
    var messageNames: [String]
    var enumNames: [String]
    var services: [String: String] = [:]

    init(_ pool: DescriptorPool) {
      self.pool = pool
      messages = Array(repeating: "", count: pool.messages.count)
      messageNames = messages
      enums = Array(repeating: "", count: pool.enums.count)
      enumNames = enums
    }

    mutating func add(_ file: FileDescriptor) {
      let prefix = NameTable.prefix(of: file)
      var scope = NameScope(reserved: ReservedNames.types.union(nameServices(of: file, prefix)))
      // Within a type its nested types hide top-level ones of the same name, which can only be where
      // no package gives a prefix.
      let hidden = bareNames(in: pool.closure(of: file))
      for message in file.messages {
        let name = scope.take(prefix + SwiftIdentifier.typeName(message.name))
        set(message, name, path: name, hidden)
      }
      for enumeration in file.enums {
        let name = scope.take(prefix + SwiftIdentifier.typeName(enumeration.name))
        enumNames[enumeration.index] = name
        enums[enumeration.index] = name
      }
    }

    /// Names the services of a file, and gives the names of all their types.
    private mutating func nameServices(of file: FileDescriptor, _ prefix: String) -> [String] {
      var scope = NameScope()
      var names: [String] = []
      for service in file.services {
        let name = scope.take(prefix + SwiftIdentifier.typeName(service.name))
        services[service.fullName] = name
        names += NameTable.serviceSuffixes.map { name + $0 }
      }
      return names
    }

    private mutating func set(
      _ message: MessageDescriptor, _ name: String, path: String, _ hidden: Set<String>
    ) {
      messageNames[message.index] = name
      messages[message.index] = path
      var scope = NameScope(reserved: ReservedNames.types.union(hidden))
      for nested in message.nestedMessages where !nested.isMapEntry {
        let name = scope.take(SwiftIdentifier.typeName(nested.name))
        set(nested, name, path: "\(path).\(name)", hidden)
      }
      for nested in message.nestedEnums {
        let name = scope.take(SwiftIdentifier.typeName(nested.name))
        enumNames[nested.index] = name
        enums[nested.index] = "\(path).\(name)"
      }
    }

    private func bareNames(in files: [FileDescriptor]) -> Set<String> {
      var names: Set<String> = []
      for file in files where NameTable.prefix(of: file).isEmpty {
        names.formUnion(file.messages.map { SwiftIdentifier.typeName($0.name) })
        names.formUnion(file.enums.map { SwiftIdentifier.typeName($0.name) })
      }
      return names
    }
  }
}
