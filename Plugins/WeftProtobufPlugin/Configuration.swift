import Foundation

/// What a target may set in a file `weft-protobuf.json` in its folder. All of it is optional:
///
/// ```json
/// {
///   "visibility": "public",
///   "client": true,
///   "server": true,
///   "embedComments": false,
///   "useAccessLevelOnImports": false,
///   "importPaths": ["Sources/ShopCommon"],
///   "modules": { "shop/common/": "ShopCommon" }
/// }
/// ```
///
/// `visibility` is `internal` (as is without this), `package` or `public`; `client` and `server` say
/// whether services get typed clients and handler protocols; `embedComments` keeps comments in the
/// descriptors that a running service tells of; `useAccessLevelOnImports` is for targets that build with
/// the compiler's `InternalImportsByDefault`; `importPaths` are more folders to import from, relative to
/// the package's; `modules` names the modules that hold the code of imported files, by the start of their
/// import paths.
///
/// All but `importPaths` is read by the generator when it runs, so that a change counts at once.
struct Configuration {
  static let fileName = "weft-protobuf.json"

  /// The file, when there is one.
  private(set) var file: URL?
  private(set) var importPaths: [String] = []

  init(in folder: URL) throws {
    let file = folder.appending(path: Self.fileName)
    guard FileManager.default.fileExists(atPath: file.path) else { return }
    self.file = file
    // The generator says what is wrong with the rest of the file, and where.
    let settings = try? JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any]
    guard let paths = settings?["importPaths"] else { return }
    guard let paths = paths as? [String] else {
      throw PluginError("\(file.path): \"importPaths\" must be a list of folders")
    }
    importPaths = paths
  }

  /// As `protoc-gen-weft-swift` takes them.
  var generatorOptions: String {
    "FileNaming=PathToUnderscores" + (file.map { ",Settings=\($0.path)" } ?? "")
  }
}

/// Something that the author of the package has to put right.
struct PluginError: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}
