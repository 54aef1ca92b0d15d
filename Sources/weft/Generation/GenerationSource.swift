import Foundation
import WeftGeneration
import WeftProtobuf

/// The types to generate from, wherever they come from.
struct GenerationSource {
  let pool: DescriptorPool
  /// The files that are asked for; what they import is in the pool too.
  let files: [FileDescriptor]

  /// - Parameters:
  ///   - sources: `.proto` files, files with a serialized `FileDescriptorSet`, services that the registry knows, or
  ///     addresses of servers with reflection; of one kind.
  static func find(
    _ sources: [String], protoPaths: [String], client: ClientOptions
  ) async throws -> GenerationSource {
    let protos = sources.filter { $0.hasSuffix(".proto") }
    if protos.count == sources.count {
      return try of(protos: sources, protoPaths: protoPaths)
    }
    guard protos.isEmpty, let source = sources.first, sources.count == 1 else {
      throw Failure("give .proto files, or one file of descriptors, service or address; not several of these")
    }
    if isDescriptorSet(source) { return all(of: try descriptorSet(source)) }
    let found = try await CallTarget.find(source, options: client)
    await found.channel.shutdown()
    return all(of: found.types)
  }

  private static func of(protos: [String], protoPaths: [String]) throws -> GenerationSource {
    let compiled = try ProtoCompiler(protoPaths: protoPaths).compile(protos)
    let pool = try DescriptorPool(fileDescriptorSet: compiled.descriptorSet, limits: .trusted)
    // protoc puts a file behind all that it imports, and those that were named are known by their names.
    let files = compiled.names.compactMap { pool.file(named: $0) }
    guard files.count == protos.count else { throw Failure("protoc did not tell of all the files") }
    return GenerationSource(pool: pool, files: files)
  }

  private static func isDescriptorSet(_ path: String) -> Bool {
    [".binpb", ".pb", ".desc", ".protoset"].contains { path.hasSuffix($0) }
  }

  private static func descriptorSet(_ path: String) throws -> DescriptorPool {
    let bytes: Data
    do {
      bytes = try Data(contentsOf: URL(filePath: path))
    } catch {
      throw Failure("\(path): cannot be read: \(error.localizedDescription)")
    }
    do {
      return try DescriptorPool(fileDescriptorSet: Array(bytes), limits: .trusted)
    } catch {
      throw Failure("\(path): \(error)")
    }
  }

  /// All but what comes with Weft, or with every gRPC server.
  private static func all(of pool: DescriptorPool) -> GenerationSource {
    let options = GeneratorOptions()
    return GenerationSource(pool: pool, files: pool.files.filter { !options.isElsewhere($0.name) })
  }
}
