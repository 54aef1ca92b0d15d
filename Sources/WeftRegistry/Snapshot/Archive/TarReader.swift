/// Reads the files of a gzipped tar archive, one after the other.
final class TarReader {
  private let gzip: GzipReader
  private let path: String
  /// Of the file that is being read.
  private var rest: UInt64 = 0
  private var padding = 0

  init(_ gzip: GzipReader, path: String) {
    self.gzip = gzip
    self.path = path
  }

  /// The next file; nil at the end of the archive. What was not read of the file before is skipped.
  /// - Throws: ``SnapshotFile/Problem`` when the archive is damaged or cut off, or holds what is no file.
  func next() throws -> TarHeader? {
    while try !read().isEmpty {}
    _ = try whole(padding)
    padding = 0
    while true {
      let block = try gzip.read(TarHeader.blockBytes)
      guard !block.isEmpty else { throw SnapshotFile.Problem(path, "is cut off: its archive has no end") }
      let header: TarHeader?
      do { header = try TarHeader(block) } catch {
        throw SnapshotFile.Problem(path, "is damaged: its archive has no header where one belongs")
      }
      guard let header else {
        try readToEnd()
        return nil
      }
      rest = header.size
      padding = TarHeader.padding(after: header.size)
      // Headers that other programs put before those of files: times and owners, which are of no use here.
      guard header.kind == "x" || header.kind == "g" else { return header }
      guard header.size <= 64 << 10 else {
        throw SnapshotFile.Problem(path, "has a header that is too large")
      }
      _ = try whole(Int(header.size) + padding)
      (rest, padding) = (0, 0)
    }
  }

  /// The next piece of the file; empty at its end.
  func read() throws -> [UInt8] {
    guard rest > 0 else { return [] }
    let piece = try whole(Int(min(rest, UInt64(SnapshotFile.pieceBytes))))
    rest -= UInt64(piece.count)
    return piece
  }

  private func whole(_ count: Int) throws -> [UInt8] {
    let bytes = try gzip.read(count)
    guard bytes.count == count else { throw SnapshotFile.Problem(path, "is cut off: its archive has no end") }
    return bytes
  }

  /// What follows the end is zeros, up to a whole number of blocks; few, unless somebody wants to keep us busy.
  private func readToEnd() throws {
    var count = 0
    while case let bytes = try gzip.read(TarHeader.blockBytes), !bytes.isEmpty {
      count += bytes.count
      guard count <= 64 << 10, bytes.allSatisfy({ $0 == 0 }) else {
        throw SnapshotFile.Problem(path, "is damaged: bytes follow the end of its archive")
      }
    }
  }
}
