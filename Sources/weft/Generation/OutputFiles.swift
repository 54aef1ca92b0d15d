import Foundation

/// Files that a command has made, on their way to a folder or to standard output.
struct OutputFiles {
  private(set) var files: [(name: String, content: String)] = []

  mutating func add(_ name: String, _ content: String) { files.append((name, content)) }

  /// Writes all of them, and says on standard output which.
  /// - Parameter folder: made when it is not there; `-` writes the contents to standard output instead.
  func write(to folder: String) throws {
    guard folder != "-" else {
      for file in files { FileHandle.standardOutput.write(Data(file.content.utf8)) }
      return
    }
    for file in files {
      let url = URL(filePath: folder).appending(path: file.name)
      do {
        try FileManager.default.createDirectory(
          at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(file.content.utf8).write(to: url, options: .atomic)
      } catch {
        throw Failure("\(url.path) cannot be written: \(error.localizedDescription)")
      }
      print(url.relativePath)
    }
  }
}
