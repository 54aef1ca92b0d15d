import Foundation

/// The protobuf compiler of the machine.
enum Protoc {
  /// `PROTOC_PATH` from the environment, or the first `protoc` on the `PATH`.
  static func find() throws -> URL {
    let environment = ProcessInfo.processInfo.environment
    if let path = environment["PROTOC_PATH"], !path.isEmpty {
      guard FileManager.default.isExecutableFile(atPath: path) else {
        throw PluginError("PROTOC_PATH is \(path), which is no executable file")
      }
      return URL(filePath: path)
    }
    for folder in (environment["PATH"] ?? "").split(separator: ":") {
      let candidate = URL(filePath: String(folder)).appending(path: "protoc")
      if FileManager.default.isExecutableFile(atPath: candidate.path) { return candidate }
    }
    throw PluginError(
      "no protoc on the PATH: install Debian's protobuf-compiler, or set PROTOC_PATH")
  }
}
