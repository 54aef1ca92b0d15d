import Crypto
import Foundation

/// A snapshot in the form that Consul's tools know: a gzipped tar archive of `meta.json`, which says what it is,
/// `state.bin`, which is a ``SnapshotFile``, and `SHA256SUMS` of both.
enum SnapshotArchive {
  static let meta = "meta.json"
  static let state = "state.bin"
  static let sums = "SHA256SUMS"

  /// Bytes that the state may have.
  static let stateLimit: UInt64 = 4 << 30
  /// Bytes that each of the other files may have.
  static let partLimit: UInt64 = 1 << 20

  /// Whether a file begins as gzip does.
  static func isArchive(path: String) -> Bool { SnapshotFile.begins(path: path, with: [0x1F, 0x8B]) }

  // MARK: Writing

  /// Hands the pieces of the archive to `write`, one after the other.
  static func write(
    _ snapshot: SnapshotCopy, _ write: (_ piece: [UInt8]) async throws -> Void
  ) async throws {
    let gzip = try GzipWriter()
    let time = UInt64(clamping: snapshot.contents.savedAt.components.seconds)
    let meta = try meta(of: snapshot)
    try await write(gzip.pack(TarHeader(name: Self.meta, size: UInt64(meta.count)).block(time: time)))
    try await write(gzip.pack(meta + zeros(after: UInt64(meta.count))))
    try await write(gzip.pack(TarHeader(name: state, size: snapshot.size).block(time: time)))
    var hash = SHA256()
    try await snapshot.write { piece in
      hash.update(data: piece)
      let packed = gzip.pack(piece)
      if !packed.isEmpty { try await write(packed) }
    }
    let sums = "\(hex(SHA256.hash(data: meta)))  \(Self.meta)\n\(hex(hash.finalize()))  \(state)\n"
    var end = zeros(after: snapshot.size)
    end += TarHeader(name: Self.sums, size: UInt64(sums.utf8.count)).block(time: time)
    end += Array(sums.utf8) + zeros(after: UInt64(sums.utf8.count))
    end += [UInt8](repeating: 0, count: 2 * TarHeader.blockBytes)
    try await write(gzip.pack(end, isLast: true))
  }

  private static func zeros(after size: UInt64) -> [UInt8] {
    [UInt8](repeating: 0, count: TarHeader.padding(after: size))
  }

  static func hex(_ hash: some Sequence<UInt8>) -> String {
    hash.reduce(into: "") { text, byte in
      text += byte < 16 ? "0" : ""
      text += String(byte, radix: 16)
    }
  }

  /// The description of a Raft snapshot, as Consul's tools read it.
  private static func meta(of snapshot: SnapshotCopy) throws -> [UInt8] {
    struct Meta: Encodable {
      var version = 1
      var id: String
      var index: UInt64
      var term = 1
      var size: UInt64

      enum CodingKeys: String, CodingKey {
        case version = "Version"
        case id = "ID"
        case index = "Index"
        case term = "Term"
        case size = "Size"
      }
    }
    let contents = snapshot.contents
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    return Array(
      try encoder.encode(
        Meta(
          id: "weft-\(contents.history)-\(contents.revision)", index: contents.revision, size: snapshot.size))
    )
  }
}
