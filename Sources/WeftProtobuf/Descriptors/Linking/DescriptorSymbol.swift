/// What a fully qualified name of a pool stands for.
enum DescriptorSymbol {
  case package
  case message(MessageDescriptor)
  case enumeration(EnumDescriptor)
  case service(ServiceDescriptor)
  /// A field, oneof, enum value, extension or method: names that only reflection asks for.
  case member(FileDescriptor)

  /// The file that declares it; packages belong to none.
  var file: FileDescriptor? {
    switch self {
    case .package: nil
    case .message(let message): message.file
    case .enumeration(let enumeration): enumeration.file
    case .service(let service): service.file
    case .member(let file): file
    }
  }

  var isType: Bool {
    switch self {
    case .message, .enumeration: true
    case .package, .service, .member: false
    }
  }

  var isScope: Bool {
    switch self {
    case .package, .message: true
    case .enumeration, .service, .member: false
    }
  }
}
