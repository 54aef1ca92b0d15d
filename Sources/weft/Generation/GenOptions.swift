import ArgumentParser
import WeftGeneration
import WeftOpenAPI

/// What can be chosen of generated Swift.
struct SwiftGenOptions: ParsableArguments {
  @Option(help: "internal, package or public.")
  var visibility = "internal"

  @Option(name: .customLong("module"), help: "The module that is generated into, which is then not imported.")
  var module: String?

  @Option(
    name: .customLong("import"),
    help: "PATH_PREFIX:MODULE: where the code of imported files is. May be repeated.")
  var imports: [String] = []

  @Flag(name: .customLong("no-client"), help: "Leave out the typed clients of services.")
  var noClient = false

  @Flag(name: .customLong("no-server"), help: "Leave out the handler protocols of services.")
  var noServer = false

  @Flag(help: "Keep comments in the descriptors that the code carries.")
  var embedComments = false

  /// The options of `protoc-gen-weft-swift`, checked as that checks them.
  func options() throws -> GeneratorOptions {
    var parameters = [
      "FileNaming=PathToUnderscores", "Visibility=\(visibility.capitalized)", "Client=\(!noClient)",
      "Server=\(!noServer)", "EmbedComments=\(embedComments)",
    ]
    if let module { parameters.append("Module=\(module)") }
    parameters += imports.map { "Import=\($0)" }
    do {
      return try GeneratorOptions(parsing: parameters.joined(separator: ",")) { _ in [] }
    } catch {
      throw ValidationError(error.description)
    }
  }
}

/// What an OpenAPI document says beyond the protos.
struct OpenAPIGenOptions: ParsableArguments {
  @Option(help: "Title of the document; otherwise the names of the services.")
  var title: String?

  @Option(name: .customLong("api-version"), help: "Version of the API; otherwise that of its package, as v1.")
  var apiVersion: String?

  @Option(help: "URL under which the paths are found. May be repeated.")
  var server: [String] = []

  @Flag(help: "Leave out methods that have no google.api.http option.")
  var annotatedOnly = false

  var options: OpenAPIOptions {
    var options = OpenAPIOptions()
    options.title = title
    options.version = apiVersion
    options.servers = server
    options.listsUnannotated = !annotatedOnly
    return options
  }
}
