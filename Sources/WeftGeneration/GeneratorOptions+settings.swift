import WeftProtobuf

extension GeneratorOptions {
  /// Takes over what a settings file of `WeftProtobufPlugin` says.
  ///
  /// The plugin could read it all itself, but SwiftPM asks a plugin only when files come or go, while it
  /// runs the generator whenever the content of the file has changed.
  mutating func apply(settings bytes: [UInt8], from file: String) throws(GenerationError) {
    let settings: Google_Protobuf_Struct
    do {
      settings = try Google_Protobuf_Struct(json: bytes)
    } catch {
      throw GenerationError("\(file): \(error)")
    }
    for (name, value) in settings.fields.sorted(by: { $0.key < $1.key }) {
      func refuse(_ expected: String) -> GenerationError {
        GenerationError("\(file): \"\(name)\" must be \(expected)")
      }
      func flag() throws(GenerationError) -> Bool {
        guard let flag = value.boolValue else { throw refuse("true or false") }
        return flag
      }
      switch name {
      case "visibility":
        guard let chosen = Visibility.allCases.first(where: { $0.rawValue.lowercased() == value.stringValue })
        else { throw refuse("\"internal\", \"package\" or \"public\"") }
        visibility = chosen
      case "client": client = try flag()
      case "server": server = try flag()
      case "embedComments": embedComments = try flag()
      case "useAccessLevelOnImports": accessLevelOnImports = try flag()
      case "modules":
        guard let modules = value.structValue else { throw refuse("an object of paths and modules") }
        for (prefix, module) in modules.fields.sorted(by: { $0.key < $1.key }) {
          guard let module = module.stringValue, SwiftIdentifier.isPlain(module), !prefix.isEmpty
          else { throw refuse("an object of paths and modules") }
          imports.append(Import(prefix: prefix, module: module))
        }
      // The plugin's own part.
      case "importPaths": break
      default:
        throw GenerationError(
          "\(file): there is no setting \"\(name)\", only visibility, client, server, "
            + "embedComments, useAccessLevelOnImports, modules and importPaths")
      }
    }
  }
}
