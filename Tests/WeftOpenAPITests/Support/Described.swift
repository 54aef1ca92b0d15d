import Foundation
import Testing
import WeftProtobuf

@testable import WeftOpenAPI

/// The document of one proto, given as text.
struct Described {
  let json: [String: any Sendable]
  let text: String
  let problems: [String]

  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  init(_ proto: String, options: OpenAPIOptions = OpenAPIOptions()) throws {
    let pool = try DescriptorPool(fileDescriptorSet: Self.descriptorSet(proto))
    let services = try #require(pool.file(named: "test.proto")).services
    let document = OpenAPIGenerator.document(of: services, options: options)
    text = document.json
    problems = document.problems
    let parsed = try JSONSerialization.jsonObject(with: Data(document.json.utf8))
    json = try #require(parsed as? [String: any Sendable])
  }

  /// The value at a path of member names and indices.
  subscript(path: String...) -> (any Sendable)? {
    var current: (any Sendable)? = json
    for name in path {
      if let object = current as? [String: any Sendable] {
        current = object[name]
      } else if let array = current as? [any Sendable], let index = Int(name), array.indices.contains(index) {
        current = array[index]
      } else {
        return nil
      }
    }
    return current
  }

  /// The JSON at a path, in one line with its names in order.
  func line(_ path: String...) throws -> String {
    var current: (any Sendable)? = json
    for name in path {
      if let object = current as? [String: any Sendable] {
        current = object[name]
      } else if let array = current as? [any Sendable], let index = Int(name), array.indices.contains(index) {
        current = array[index]
      } else {
        throw Failure(description: "there is no \(name) of \(path)")
      }
    }
    guard let current else { throw Failure(description: "there is no \(path)") }
    let data = try JSONSerialization.data(
      withJSONObject: current, options: [.sortedKeys, .withoutEscapingSlashes, .fragmentsAllowed])
    return String(decoding: data, as: UTF8.self)
  }

  /// Names of the parameters of an operation, in order, with where each is.
  func parameters(_ path: String, _ verb: String) -> [String] {
    let list = self["paths", path, verb, "parameters"] as? [any Sendable] ?? []
    return list.map { parameter in
      let parameter = parameter as? [String: any Sendable]
      return "\(parameter?["in"] ?? "") \(parameter?["name"] ?? "")"
    }
  }

  private static func descriptorSet(_ proto: String) throws -> [UInt8] {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("weft-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try Data(proto.utf8).write(to: folder.appendingPathComponent("test.proto"))
    let output = folder.appendingPathComponent("set").path
    let process = Process()
    // Finds it on the PATH.
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [
      ProcessInfo.processInfo.environment["PROTOC"] ?? "protoc", "-I", folder.path, "-I", ownProtos,
      "--include_imports", "--include_source_info", "-o", output, "test.proto",
    ]
    try process.run()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw Failure(description: "protoc refused") }
    return Array(try Data(contentsOf: URL(fileURLWithPath: output)))
  }

  private static let ownProtos = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("proto").path
}
