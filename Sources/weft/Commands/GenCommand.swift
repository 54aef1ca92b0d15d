import ArgumentParser
import Foundation
import WeftGeneration
import WeftOpenAPI
import WeftProtobuf

/// `weft gen`: code and documents from what services look like.
struct GenCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gen",
    abstract: "Generate Swift code and OpenAPI documents.",
    discussion: """
      From .proto files, from a file with a FileDescriptorSet (.binpb, .pb, .desc, .protoset), from a service that the
      registry knows, or from a server that has reflection:

        weft gen --lang swift --out Sources/Shop/Generated -I protos protos/shop/v1/order.proto
        weft gen --lang openapi --out docs config hello
        weft gen --lang swift,openapi --out made 127.0.0.1:8213

      In a Swift package the plugin WeftProtobufPlugin generates when the package is built, without this command.
      """)

  enum Language: String, CaseIterable {
    case swift, openapi
  }

  @Argument(help: ".proto files; or files of descriptors, registered services and addresses, taken together.")
  var sources: [String]

  @Option(help: "What to generate: swift, openapi, or both with a comma between.")
  var lang: String

  @Option(help: "Folder to write into; '-' writes to standard output.")
  var out = "."

  @Option(
    name: [.customShort("I"), .customLong("proto-path")],
    help: "Folder that imports are looked for in, for .proto files. May be repeated.")
  var protoPaths: [String] = []

  @OptionGroup(title: "Swift") var swift: SwiftGenOptions
  @OptionGroup(title: "OpenAPI") var openAPI: OpenAPIGenOptions
  @OptionGroup(title: "Registry and servers") var client: ClientOptions

  func run() async throws {
    let languages = try languages()
    let swiftOptions = try swift.options()
    let source = try await GenerationSource.find(sources, protoPaths: protoPaths, client: client)
    guard !source.files.isEmpty else { throw Failure("there is nothing of its own to generate") }
    var output = OutputFiles()
    for language in languages {
      switch language {
      case .swift:
        for file in try Generator.generate(source.files.map(\.name), of: source.pool, options: swiftOptions) {
          output.add(file.name, file.content)
        }
      case .openapi: output.add("openapi.json", try openAPIDocument(source))
      }
    }
    try output.write(to: out)
  }

  private func languages() throws -> [Language] {
    try lang.split(separator: ",").map { name in
      guard let language = Language(rawValue: name.trimmingCharacters(in: .whitespaces).lowercased()) else {
        throw ValidationError(
          "--lang can be \(Language.allCases.map(\.rawValue).joined(separator: " and ")), not '\(name)'")
      }
      return language
    }
  }

  private func openAPIDocument(_ source: GenerationSource) throws -> String {
    let services = source.files.flatMap(\.services).filter { !MethodLookup.isInfrastructure($0) }
    guard !services.isEmpty else { throw Failure("there is no service to describe in OpenAPI") }
    let document = OpenAPIGenerator.document(of: services, options: openAPI.options)
    for problem in document.problems {
      FileHandle.standardError.write(Data("openapi: \(problem)\n".utf8))
    }
    return document.json
  }
}
