import Foundation
import WeftProtobuf
import WeftRPC

/// Reads `.proto` files by running the machine's `protoc`.
struct ProtoCompiler {
  /// Folders that imports are looked for in.
  let protoPaths: [String]

  /// What protoc made of the files.
  struct Output {
    let descriptorSet: [UInt8]
    /// The names by which the given files import each other, in their order.
    let names: [String]
  }

  /// Files that come with Weft, so that they can be imported although no folder holds them.
  private static let shipped: [GeneratedFile] = [
    ProtoFile_google__api__annotations.file, ProtoFile_google__api__field_behavior.file,
    ProtoFile_google__api__httpbody.file, ProtoFile_google__api__resource.file,
    ProtoFile_google__rpc__code.file, ProtoFile_google__rpc__status.file,
    ProtoFile_google__rpc__error_details.file, ProtoFile_google__protobuf__api.file,
    ProtoFile_google__protobuf__field_mask.file, ProtoFile_google__protobuf__struct.file,
    ProtoFile_google__protobuf__timestamp.file, ProtoFile_google__protobuf__wrappers.file,
    ProtoFile_google__protobuf__empty.file, ProtoFile_google__protobuf__duration.file,
  ]

  func compile(_ files: [String]) throws -> Output {
    let folder = FileManager.default.temporaryDirectory.appending(path: "weft-gen-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let fallback = folder.appending(path: "shipped.binpb")
    let output = folder.appending(path: "output.binpb")
    try Data(Self.shippedSet()).write(to: fallback)
    let roots = protoPaths.isEmpty ? ["."] : protoPaths
    let names = try files.map { try Self.importName(of: $0, in: roots) }
    try run(
      roots.map { "--proto_path=\($0)" } + [
        "--descriptor_set_in=\(fallback.path)", "--include_imports", "--include_source_info",
        "--descriptor_set_out=\(output.path)",
      ] + names)
    return Output(descriptorSet: Array(try Data(contentsOf: output)), names: names)
  }

  private static func shippedSet() throws -> [UInt8] {
    var seen: Set<String> = []
    var files: [[UInt8]] = []
    for file in shipped.flatMap(\.pool.files) where seen.insert(file.name).inserted {
      files.append(file.serialized)
    }
    return try DescriptorPool(serializedFiles: files).fileDescriptorSet()
  }

  /// The path of a file within the first folder that it lies in.
  private static func importName(of file: String, in roots: [String]) throws -> String {
    let path = URL(filePath: file).standardizedFileURL.path
    for root in roots {
      let folder = URL(filePath: root).standardizedFileURL.path
      let prefix = folder.hasSuffix("/") ? folder : folder + "/"
      if path.hasPrefix(prefix) { return String(path.dropFirst(prefix.count)) }
      // As protoc takes it: named by its import path.
      if FileManager.default.fileExists(atPath: prefix + file) { return file }
    }
    throw Failure(
      "\(file) lies in none of the folders \(roots.joined(separator: ", ")): give another with -I")
  }

  private func run(_ arguments: [String]) throws {
    let process = Process()
    let environment = ProcessInfo.processInfo.environment
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = [environment["PROTOC_PATH"] ?? "protoc"] + arguments
    process.standardInput = FileHandle.nullDevice
    let errors = Pipe()
    process.standardError = errors
    do {
      try process.run()
    } catch {
      throw Failure("protoc cannot be run: \(error.localizedDescription)")
    }
    let text = String(decoding: try errors.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    process.waitUntilExit()
    switch process.terminationStatus {
    case 0: FileHandle.standardError.write(Data(text.utf8))
    case 127:
      throw Failure("no protoc on the PATH: install Debian's protobuf-compiler, or set PROTOC_PATH")
    default: throw Failure("protoc refuses:\n" + text.trimmingCharacters(in: .whitespacesAndNewlines))
    }
  }
}
