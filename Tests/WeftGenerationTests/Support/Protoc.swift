import Foundation
import Testing

/// The protobuf compiler as the peer that generated code must agree with.
enum Protoc {
  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  /// The protos beside these tests.
  static let protos = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Protos").path

  private static let ownProtos = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("proto").path

  /// Wire bytes of a message in text format.
  static func encode(_ text: String, as type: String, in file: String) throws -> [UInt8] {
    try run(
      ["-I", protos, "-I", ownProtos, "--encode=\(type)", "--deterministic_output", file], Array(text.utf8))
  }

  /// Text format of wire bytes.
  static func decode(_ bytes: [UInt8], as type: String, in file: String) throws -> String {
    String(
      decoding: try run(["-I", protos, "-I", ownProtos, "--decode=\(type)", file], bytes), as: UTF8.self)
  }

  /// The serialized `FileDescriptorSet` of files given by name and content.
  static func descriptorSet(_ files: [String: String]) throws -> [UInt8] {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("weft-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    for (name, content) in files {
      let file = folder.appendingPathComponent(name)
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(content.utf8).write(to: file)
    }
    let output = folder.appendingPathComponent("set").path
    _ = try run(
      ["-I", folder.path, "-I", ownProtos, "--include_imports", "--include_source_info", "-o", output]
        + files.keys.sorted(), [])
    return Array(try Data(contentsOf: URL(fileURLWithPath: output)))
  }

  private static func run(_ arguments: [String], _ input: [UInt8]) throws -> [UInt8] {
    let process = Process()
    // Finds it on the PATH.
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [ProcessInfo.processInfo.environment["PROTOC"] ?? "protoc"] + arguments
    let (stdin, stdout, stderr) = (Pipe(), Pipe(), Pipe())
    process.standardInput = stdin
    process.standardOutput = stdout
    process.standardError = stderr
    try process.run()
    // What the tests send fits into a pipe, so that nothing waits for anything here.
    try stdin.fileHandleForWriting.write(contentsOf: Data(input))
    try stdin.fileHandleForWriting.close()
    let output = try stdout.fileHandleForReading.readToEnd() ?? Data()
    let errors = try stderr.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw Failure(description: String(decoding: errors, as: UTF8.self))
    }
    return Array(output)
  }
}
