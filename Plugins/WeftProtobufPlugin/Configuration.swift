import Foundation

/// What a target may set in a file `weft-protobuf.json` in its folder. All of it is optional:
///
/// ```json
/// {
///   "visibility": "public",
///   "client": true,
///   "server": true,
///   "importPaths": ["Sources/ShopCommon"],
///   "modules": { "shop/common/": "ShopCommon" }
/// }
/// ```
struct Configuration {
  static let fileName = "weft-protobuf.json"

  /// `internal` (as is without this), `package` or `public`.
  private var visibility = "internal"
  /// Whether services get a typed client.
  private var client = true
  /// Whether services get a handler protocol.
  private var server = true
  /// More folders to import from, relative to the package's.
  private(set) var importPaths: [String] = []
  /// The modules that hold the code of imported files, by the start of their import paths. Files of Weft
  /// and of the target itself need none.
  private var modules: [String: String] = [:]
  /// The file itself, when there is one: code is generated anew when it changes.
  private(set) var files: [URL] = []

  init(in folder: URL) throws {
    let file = folder.appending(path: Self.fileName)
    guard FileManager.default.fileExists(atPath: file.path) else { return }
    files = [file]
    let content = try JSONSerialization.jsonObject(with: Data(contentsOf: file))
    guard let settings = content as? [String: Any] else {
      throw PluginError("\(file.path): must hold a JSON object")
    }
    for (name, value) in settings {
      func read<Value>(_ type: Value.Type, _ expected: String) throws -> Value {
        guard let value = value as? Value else {
          throw PluginError("\(file.path): \"\(name)\" must be \(expected)")
        }
        return value
      }
      switch name {
      case "visibility":
        visibility = try read(String.self, "\"internal\", \"package\" or \"public\"")
        guard ["internal", "package", "public"].contains(visibility) else {
          throw PluginError(
            "\(file.path): \"visibility\" must be \"internal\", \"package\" or \"public\"")
        }
      case "client": client = try read(Bool.self, "true or false")
      case "server": server = try read(Bool.self, "true or false")
      case "importPaths": importPaths = try read([String].self, "a list of folders")
      case "modules": modules = try read([String: String].self, "an object of paths and module names")
      default: throw PluginError("\(file.path): there is no setting \"\(name)\"")
      }
    }
  }

  /// As `protoc-gen-weft-swift` takes them.
  var generatorOptions: String {
    let fixed =
      "Visibility=\(visibility.capitalized),FileNaming=PathToUnderscores,Client=\(client),Server=\(server)"
    return modules.sorted { $0.key < $1.key }.reduce(fixed) { "\($0),Import=\($1.key):\($1.value)" }
  }
}

/// Something that the author of the package has to put right.
struct PluginError: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}
