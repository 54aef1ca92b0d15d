import Foundation
import WeftGeneration
import WeftProtobuf

/// The types to generate from, wherever they come from.
struct GenerationSource {
  let pool: DescriptorPool
  /// The files that are asked for; what they import is in the pool too.
  let files: [FileDescriptor]

  /// - Parameter sources: `.proto` files; or any number of files with a serialized `FileDescriptorSet`, services
  ///   that the registry knows, and addresses of servers with reflection, which are taken together.
  static func find(
    _ sources: [String], protoPaths: [String], client: ClientOptions
  ) async throws -> GenerationSource {
    let protos = sources.filter { $0.hasSuffix(".proto") }
    if protos.count == sources.count {
      return try of(protos: sources, protoPaths: protoPaths)
    }
    guard protos.isEmpty else {
      throw Failure(".proto files cannot be taken together with other sources")
    }
    var merged = MergedFiles()
    for source in sources {
      if isDescriptorSet(source) {
        try merged.add(try descriptorSet(source), from: source)
      } else {
        let found = try await CallTarget.find(source, options: client)
        await found.channel.shutdown()
        try merged.add(found.types, from: source)
      }
    }
    return try merged.source()
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
}

/// The files of several sources as one set.
private struct MergedFiles {
  private var files: [String: (serialized: [UInt8], source: String)] = [:]
  private let options = GeneratorOptions()

  mutating func add(_ pool: DescriptorPool, from source: String) throws {
    for file in pool.files {
      guard let other = files[file.name] else {
        files[file.name] = (file.serialized, source)
        continue
      }
      // Of those that come with Weft, other servers may have other releases; they are not generated.
      guard options.isElsewhere(file.name) || other.serialized == file.serialized else {
        throw Failure("\(source) and \(other.source) have different files called \(file.name)")
      }
    }
  }

  /// All but what comes with Weft, or with every gRPC server, is asked for.
  func source() throws -> GenerationSource {
    let serialized = files.sorted { $0.key < $1.key }.map(\.value.serialized)
    let pool = try DescriptorPool(serializedFiles: serialized, limits: .trusted)
    return GenerationSource(pool: pool, files: pool.files.filter { !options.isElsewhere($0.name) })
  }
}
