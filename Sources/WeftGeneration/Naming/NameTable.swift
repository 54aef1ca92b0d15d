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
  private let topLevel: TopLevelNames
  /// For each file by name, itself and all that it imports, directly or not.
  private let closures: [String: Set<String>]

  init(_ pool: DescriptorPool) {
    var builder = Builder(pool)
    for file in pool.files { builder.add(file) }
    messages = builder.messages
    enums = builder.enums
    messageNames = builder.messageNames
    enumNames = builder.enumNames
    services = builder.services
    topLevel = builder.topLevel
    closures = builder.closures
  }

  /// A name that code of two of these files would declare, which only happens to files of which neither
  /// imports the other.
  func clash(among files: [String]) -> (name: String, files: [String])? {
    topLevel.clash(among: Set(files))
  }

  /// Whether a name means something at the top level, so that nothing nested in code of `file` may have it.
  func isTopLevel(_ name: String, seenFrom file: FileDescriptor) -> Bool {
    topLevel.isDeclared(name, in: closures[file.name] ?? [])
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
    let topLevel = TopLevelNames()
    var closures: [String: Set<String>] = [:]

    init(_ pool: DescriptorPool) {
      self.pool = pool
      messages = Array(repeating: "", count: pool.messages.count)
      messageNames = messages
      enums = Array(repeating: "", count: pool.enums.count)
      enumNames = enums
    }

    /// Files come after those that they import, whose names are settled.
    mutating func add(_ file: FileDescriptor) {
      let closure = Set(pool.closure(of: file).map(\.name))
      closures[file.name] = closure
      let prefix = NameTable.prefix(of: file)
      topLevel.add(NameTable.handle(of: file.name), by: file.name)
      nameServices(of: file, prefix, closure)
      var scope = NameScope(reserved: ReservedNames.types) { [topLevel] in
        topLevel.isDeclared($0, in: closure)
      }
      for message in file.messages {
        let name = scope.take(prefix + SwiftIdentifier.typeName(message.name))
        messageNames[message.index] = name
        topLevel.add(name, by: file.name)
      }
      for enumeration in file.enums {
        let name = scope.take(prefix + SwiftIdentifier.typeName(enumeration.name))
        enumNames[enumeration.index] = name
        enums[enumeration.index] = name
        topLevel.add(name, by: file.name)
      }
      for message in file.messages { set(message, path: messageNames[message.index], closure) }
    }

    /// Names the services of a file such that the names of all their types are free.
    private mutating func nameServices(of file: FileDescriptor, _ prefix: String, _ closure: Set<String>) {
      var scope = NameScope { [topLevel] name in
        NameTable.serviceSuffixes.contains { topLevel.isDeclared(name + $0, in: closure) }
      }
      for service in file.services {
        let name = scope.take(prefix + SwiftIdentifier.typeName(service.name))
        services[service.fullName] = name
        for suffix in NameTable.serviceSuffixes { topLevel.add(name + suffix, by: file.name) }
      }
    }

    /// Names what is declared within a message. A nested type hides a top-level one of the same name, which
    /// the code around it may refer to.
    private mutating func set(_ message: MessageDescriptor, path: String, _ closure: Set<String>) {
      messages[message.index] = path
      var scope = NameScope(reserved: ReservedNames.types) { [topLevel] in
        topLevel.isDeclared($0, in: closure)
      }
      for nested in message.nestedMessages where !nested.isMapEntry {
        let name = scope.take(SwiftIdentifier.typeName(nested.name))
        messageNames[nested.index] = name
        set(nested, path: "\(path).\(name)", closure)
      }
      for nested in message.nestedEnums {
        let name = scope.take(SwiftIdentifier.typeName(nested.name))
        enumNames[nested.index] = name
        enums[nested.index] = "\(path).\(name)"
      }
    }
  }
}
