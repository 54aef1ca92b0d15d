/// The options of the plugin, as given to protoc by `--weft-swift_opt=Name=Value,...`.
public struct GeneratorOptions: Sendable, Hashable {
  public enum Visibility: String, Sendable, CaseIterable {
    case `internal` = "Internal"
    case package = "Package"
    case `public` = "Public"
  }

  /// How the path of an output file follows from that of its `.proto` file.
  public enum FileNaming: String, Sendable, CaseIterable {
    /// `shop/v1/order.proto` gives `shop/v1/order.weft.swift`.
    case fullPath = "FullPath"
    /// `shop_v1_order.weft.swift`: unique within a module, as Swift requires of file names.
    case pathToUnderscores = "PathToUnderscores"
    /// `order.weft.swift`.
    case dropPath = "DropPath"
  }

  /// Where the code of imported files is.
  public struct Import: Sendable, Hashable {
    /// Start of the paths that this is about.
    public var prefix: String
    public var module: String

    public init(prefix: String, module: String) {
      self.prefix = prefix
      self.module = module
    }
  }

  public var visibility = Visibility.internal
  public var fileNaming = FileNaming.fullPath
  /// Whether services get a typed client.
  public var client = true
  /// Whether services get a handler protocol.
  public var server = true
  /// Whether messages and enums are generated. Without them a file is only its descriptor, which is all
  /// that importers of a file such as `google/api/annotations.proto` need.
  public var types = true
  /// Whether the embedded descriptors keep comments, for whoever learns of a service from itself or the registry.
  public var embedComments = false
  /// Whether `import` statements say how visible what they bring is. Needed where the compiler's upcoming
  /// feature `InternalImportsByDefault` is on and what is generated is more than internal.
  public var accessLevelOnImports = false
  /// The module that is generated into, which must not import itself.
  public var module: String?
  /// Modules of imported files by prefix of their path, from `Import=shop/common/:ShopCommon`.
  public var imports: [Import] = [
    Import(prefix: "google/protobuf/", module: "WeftProtobuf"),
    Import(prefix: "google/api/", module: "WeftProtobuf"),
    Import(prefix: "google/rpc/", module: "WeftRPC"),
    Import(prefix: "grpc/binlog/", module: "WeftRPC"),
    Import(prefix: "grpc/channelz/", module: "WeftRPC"),
    Import(prefix: "grpc/health/", module: "WeftRPC"),
    Import(prefix: "grpc/reflection/", module: "WeftRPC"),
  ]

  public init() {}

  /// - Parameters:
  ///   - parameter: pairs of name and value, separated by commas.
  ///   - readFile: gives the bytes of the file that the option `Settings` names.
  public init(
    parsing parameter: String, readFile: (String) throws -> [UInt8]
  ) throws(GenerationError) {
    for option in parameter.split(separator: ",") {
      let pair = option.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let name = String(pair[0])
      let value = pair.count == 2 ? String(pair[1]) : ""
      switch name {
      case "Visibility": visibility = try Self.choice(name, value)
      case "FileNaming": fileNaming = try Self.choice(name, value)
      case "Client": client = try Self.flag(name, value)
      case "Server": server = try Self.flag(name, value)
      case "Types": types = try Self.flag(name, value)
      case "EmbedComments": embedComments = try Self.flag(name, value)
      case "UseAccessLevelOnImports": accessLevelOnImports = try Self.flag(name, value)
      case "Module": module = try Self.identifier(name, value)
      case "Import":
        let parts = value.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty else {
          throw GenerationError("option Import must be PATH_PREFIX:MODULE, not \"\(value)\"")
        }
        imports.append(
          Import(prefix: String(parts[0]), module: try Self.identifier(name, String(parts[1]))))
      case "Settings":
        let settings: [UInt8]
        do { settings = try readFile(value) } catch {
          throw GenerationError("\(value): cannot be read: \(error)")
        }
        try apply(settings: settings, from: value)
      default:
        throw GenerationError(
          "unknown option \"\(name)\"; there are Visibility, FileNaming, Client, Server, Types, "
            + "EmbedComments, UseAccessLevelOnImports, Module, Import and Settings")
      }
    }
  }

  /// Whether the code of a file comes with Weft, or is in another module for some other reason.
  public func isElsewhere(_ protoPath: String) -> Bool { module(of: protoPath) != nil }

  /// The module that holds the code of an imported file, when it is not the one generated into. The
  /// longest prefix decides.
  func module(of protoPath: String) -> String? {
    let match = imports.filter { protoPath.hasPrefix($0.prefix) }
      .max { $0.prefix.utf8.count < $1.prefix.utf8.count }
    return match.flatMap { $0.module == module ? nil : $0.module }
  }

  func outputName(for protoPath: String) -> String {
    let stem = protoPath.hasSuffix(".proto") ? String(protoPath.dropLast(6)) : protoPath
    let path =
      switch fileNaming {
      case .fullPath: stem
      case .pathToUnderscores: String(stem.map { $0 == "/" ? "_" : $0 })
      case .dropPath: stem.split(separator: "/").last.map(String.init) ?? stem
      }
    return path + ".weft.swift"
  }

  private static func choice<Value: RawRepresentable<String> & CaseIterable>(
    _ name: String, _ value: String
  ) throws(GenerationError) -> Value {
    guard let choice = Value(rawValue: value) else {
      let choices = Value.allCases.map(\.rawValue).joined(separator: ", ")
      throw GenerationError("option \(name) must be one of \(choices), not \"\(value)\"")
    }
    return choice
  }

  private static func flag(_ name: String, _ value: String) throws(GenerationError) -> Bool {
    switch value {
    case "true": return true
    case "false": return false
    default: throw GenerationError("option \(name) must be true or false, not \"\(value)\"")
    }
  }

  private static func identifier(
    _ name: String, _ value: String
  ) throws(GenerationError) -> String {
    guard SwiftIdentifier.isPlain(value) else {
      throw GenerationError("option \(name) must name a Swift module, not \"\(value)\"")
    }
    return value
  }
}
