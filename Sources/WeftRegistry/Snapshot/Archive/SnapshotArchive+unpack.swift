import Crypto
import Foundation

extension SnapshotArchive {
  /// Takes the state out of an archive, into a file of its own, and checks everything against its sum.
  /// - Throws: ``SnapshotFile/Problem``.
  static func unpackState(of archive: String, to target: String) throws {
    guard let file = FileHandle(forReadingAtPath: archive) else {
      throw SnapshotFile.Problem(archive, "cannot be read: \(String(cString: strerror(errno)))")
    }
    defer { try? file.close() }
    let reader = TarReader(try GzipReader(file, path: archive), path: archive)
    var found: [String: String] = [:]
    var listed: [UInt8]?
    while let header = try reader.next() {
      guard header.kind == "0", [meta, state, sums].contains(header.name) else {
        throw SnapshotFile.Problem(
          archive, "is no snapshot: it holds '\(header.name.prefix(100))', which is none of its three files")
      }
      guard found[header.name] == nil else {
        throw SnapshotFile.Problem(archive, "is damaged: it holds \(header.name) twice")
      }
      let limit = header.name == state ? stateLimit : partLimit
      guard header.size <= limit else {
        throw SnapshotFile.Problem(
          archive, "is too large: its \(header.name) has \(header.size) bytes; at most \(limit) are taken")
      }
      var hash = SHA256()
      var bytes: [UInt8] = []
      let output = header.name == state ? try makeFile(target) : nil
      defer { try? output?.close() }
      while case let piece = try reader.read(), !piece.isEmpty {
        hash.update(data: piece)
        if let output { try output.write(contentsOf: piece) } else { bytes += piece }
      }
      if header.name == sums { listed = bytes }
      found[header.name] = hex(hash.finalize())
    }
    guard let listed else { throw SnapshotFile.Problem(archive, "is no snapshot: it has no \(sums)") }
    try verify(found, against: listed, path: archive)
    guard SnapshotFile.begins(path: target) else {
      throw SnapshotFile.Problem(
        archive, "is of a Consul server: its \(state) holds what only Consul can read")
    }
  }

  private static func makeFile(_ path: String) throws -> FileHandle {
    guard FileManager.default.createFile(atPath: path, contents: nil),
      let file = FileHandle(forWritingAtPath: path)
    else { throw SnapshotFile.Problem(path, "cannot be written: \(String(cString: strerror(errno)))") }
    return file
  }

  /// As `sha256sum` writes them: the sum, two spaces, the name.
  private static func verify(_ found: [String: String], against listed: [UInt8], path: String) throws {
    var expected = Set([meta, state])
    for line in String(decoding: listed, as: UTF8.self).split(whereSeparator: \.isNewline) {
      let words = line.split(separator: " ", omittingEmptySubsequences: true)
      guard words.count == 2, let name = expected.remove(String(words[1])) else {
        throw SnapshotFile.Problem(path, "is damaged: its \(sums) cannot be read")
      }
      guard let hash = found[name] else {
        throw SnapshotFile.Problem(path, "is no snapshot: it has no \(name)")
      }
      guard hash == words[0].lowercased() else {
        throw SnapshotFile.Problem(path, "is damaged: the SHA-256 of its \(name) is another one")
      }
    }
    if let name = expected.first {
      throw SnapshotFile.Problem(path, "is damaged: its \(sums) does not tell of \(name)")
    }
  }
}
