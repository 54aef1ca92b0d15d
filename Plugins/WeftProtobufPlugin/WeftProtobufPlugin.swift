import Foundation
import PackagePlugin

/// Generates Swift for every `.proto` file in a target's folder, whenever it is built.
///
/// A file is known to others by its path within the target's folder: `Sources/shop/shop/v1/order.proto`
/// is imported as `shop/v1/order.proto`. The well-known types, and what Weft itself ships
/// (`google/api/annotations.proto`, `google/rpc/status.proto`, ...), can be imported without further ado.
/// ``Configuration`` says what can be set.
@main
struct WeftProtobufPlugin: BuildToolPlugin {
  func createBuildCommands(context: PluginContext, target: any Target) async throws -> [Command] {
    guard let target = target as? any SourceModuleTarget else { return [] }
    let protos = target.sourceFiles(withSuffix: "proto").map(\.url)
    guard !protos.isEmpty else { return [] }
    let configuration = try Configuration(in: target.directoryURL)
    let generator = try context.tool(named: "protoc-gen-weft-swift").url
    let protoc = try Protoc.find()
    let roots =
      configuration.importPaths.map { context.package.directoryURL.appending(path: $0) }
      + [target.directoryURL]
    let includes = roots + shippedProtos(from: context.package)
    let output = context.pluginWorkDirectoryURL
    var sources: [String: String] = [:]

    return try protos.map { proto in
      let name = try importName(of: proto, in: roots)
      // As the plugin of protoc derives it, for it must be known beforehand.
      let generated = name.dropLast(".proto".count).replacing("/", with: "_") + ".weft.swift"
      // Swift wants every file of a module to have a name of its own.
      if let other = sources.updateValue(name, forKey: String(generated)) {
        throw PluginError("\(other) and \(name) would both give \(generated): rename one of them")
      }
      return .buildCommand(
        displayName: "Generating Swift from \(name)",
        executable: protoc,
        arguments: ["--plugin=protoc-gen-weft-swift=\(generator.path)"]
          + includes.map { "--proto_path=\($0.path)" }
          + [
            "--weft-swift_opt=\(configuration.generatorOptions)",
            "--weft-swift_out=\(output.path)", proto.path,
          ],
        // A file may import any other of the target.
        inputFiles: protos + [configuration.file, generator].compactMap(\.self),
        outputFiles: [output.appending(path: String(generated))])
    }
  }

  /// The name by which others import a file: its path in the first folder that it lies in.
  private func importName(of proto: URL, in roots: [URL]) throws -> String {
    let path = proto.standardizedFileURL.path
    for root in roots {
      let folder = root.standardizedFileURL.path
      let prefix = folder.hasSuffix("/") ? folder : folder + "/"
      if path.hasPrefix(prefix) { return String(path.dropFirst(prefix.count)) }
    }
    throw PluginError("\(path) does not lie in the folder of its target")
  }

  /// The folder of protos that comes with Weft, wherever in the graph of packages that is.
  private func shippedProtos(from package: Package) -> [URL] {
    var pending = [package]
    var seen: Set<String> = []
    while let package = pending.popLast() {
      guard seen.insert(package.id).inserted else { continue }
      if package.targets.contains(where: { $0.name == "protoc-gen-weft-swift" }) {
        return [package.directoryURL.appending(path: "proto")]
      }
      pending += package.dependencies.map(\.package)
    }
    return []
  }
}
