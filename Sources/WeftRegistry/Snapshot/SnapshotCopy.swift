import Crypto
import Foundation
import WeftDiscovery

/// A copy of the store that is being told as a ``SnapshotFile``.
struct SnapshotCopy {
  let contents: SnapshotFile.Contents
  /// Bytes of the whole file.
  let size: UInt64
  private let beginning: [UInt8]
  private let file: FileHandle

  /// - Parameter path: of the copy, which is the data of the file.
  init(_ copy: StoreCopy, savedAt: Duration) throws {
    guard let file = FileHandle(forReadingAtPath: copy.path) else {
      throw RegistryError.unavailable("the copy of the store cannot be read")
    }
    self.file = file
    let data = try file.seekToEnd()
    try file.seek(toOffset: 0)
    contents = SnapshotFile.Contents(
      history: copy.history, revision: copy.revision, savedAt: savedAt, counts: copy.counts, size: data)
    beginning = try SnapshotFile.beginning(contents)
    size = UInt64(beginning.count) + data + UInt64(SHA256.byteCount)
  }

  /// Hands the pieces of the file to `write`, one after the other. Once only.
  func write(_ write: (_ piece: [UInt8]) async throws -> Void) async throws {
    var hash = SHA256()
    var rest = contents.size
    var piece = beginning
    while true {
      hash.update(data: piece)
      try await write(piece)
      guard rest > 0, let data = try file.read(upToCount: Int(min(UInt64(SnapshotFile.pieceBytes), rest)))
      else { break }
      rest -= UInt64(data.count)
      piece = [UInt8](data)
    }
    try await write(Array(hash.finalize()))
  }

  func close() { try? file.close() }
}
