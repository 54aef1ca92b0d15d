import Glibc

/// Small text files that people write.
enum TextFile {
  struct Problem: Error, CustomStringConvertible {
    let description: String
  }

  /// - Throws: ``Problem`` that says why, without the path.
  static func read(path: String, maxBytes: Int) throws(Problem) -> String {
    guard let file = fopen(path, "re") else {
      throw Problem(description: "cannot be read: \(String(cString: strerror(errno)))")
    }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: maxBytes + 1)
    let count = fread(&bytes, 1, bytes.count, file)
    guard count <= maxBytes else { throw Problem(description: "is over \(maxBytes) bytes") }
    guard ferror(file) == 0, let text = String(validating: bytes[..<count], as: UTF8.self) else {
      throw Problem(description: "is not UTF-8 text")
    }
    return text
  }
}
