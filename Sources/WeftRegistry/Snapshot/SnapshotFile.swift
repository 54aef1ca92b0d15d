import Crypto
import Foundation
import WeftDiscovery
import WeftProtobuf

/// A copy of everything that a registry holds, as of one revision, in one file.
///
/// `WEFTREG1`, the length of the header in four bytes (big-endian), the header (`weft.registry.v1.SnapshotHeader`),
/// the data (an SQLite file), and the SHA-256 of all that in 32 bytes.
public struct SnapshotFile: Sendable {
  /// What is wrong with a file.
  public struct Problem: Error, Sendable, CustomStringConvertible {
    public let path: String
    public let reason: String

    public var description: String { "\(path): \(reason)" }

    init(_ path: String, _ reason: String) {
      self.path = path
      self.reason = reason
    }
  }

  /// What a snapshot says of itself.
  public struct Contents: Sendable, Hashable {
    public var history: String
    public var revision: UInt64
    /// Since 1970-01-01T00:00:00Z.
    public var savedAt: Duration
    /// How many things of each kind it holds.
    public var counts: [String: UInt64]
    /// Bytes of the data.
    public var size: UInt64
  }

  static let magic = Array("WEFTREG1".utf8)
  private static let headerLimit = 64 << 10
  static let pieceBytes = 256 << 10

  public let path: String
  public let contents: Contents
  private let dataOffset: UInt64

  /// Reads the header of a file and checks the whole of it against its checksum.
  /// - Throws: ``Problem`` when the file cannot be read, is none of ours, is cut off, or is damaged.
  public init(path: String) throws(Problem) {
    self.path = path
    guard let file = FileHandle(forReadingAtPath: path) else {
      throw Problem(path, "cannot be read: \(String(cString: strerror(errno)))")
    }
    defer { try? file.close() }
    do {
      let size = try file.seekToEnd()
      try file.seek(toOffset: 0)
      let start = try file.read(upToCount: 12) ?? Data()
      guard start.count == 12, start.starts(with: Self.magic) else {
        throw Problem(path, "is no snapshot of a registry")
      }
      let length = start.suffix(4).reduce(0) { $0 << 8 | Int($1) }
      guard length <= Self.headerLimit, let header = try file.read(upToCount: length), header.count == length
      else { throw Problem(path, "is cut off or damaged: its header is not whole") }
      let message = try Weft_Registry_V1_SnapshotHeader(serialized: [UInt8](header))
      contents = Contents(message)
      dataOffset = UInt64(12 + length)
      let (whole, overflow) = contents.size.addingReportingOverflow(dataOffset + 32)
      guard !overflow, whole == size else {
        throw Problem(path, "is cut off or damaged: it has \(size) bytes where \(whole) belong")
      }
      try Self.verify(file, path: path, upTo: size - 32)
    } catch let problem as Problem {
      throw problem
    } catch {
      throw Problem(path, "cannot be read: \(error)")
    }
  }

  /// Whether a file begins with these bytes; ours do with ``magic``.
  static func begins(path: String, with bytes: [UInt8] = magic) -> Bool {
    guard let file = FileHandle(forReadingAtPath: path) else { return false }
    defer { try? file.close() }
    return (try? file.read(upToCount: bytes.count))?.elementsEqual(bytes) == true
  }

  private static func verify(_ file: FileHandle, path: String, upTo end: UInt64) throws {
    try file.seek(toOffset: 0)
    var hash = SHA256()
    var rest = end
    while rest > 0 {
      let piece = try file.read(upToCount: Int(min(UInt64(pieceBytes), rest))) ?? Data()
      guard !piece.isEmpty else { throw Problem(path, "is cut off") }
      hash.update(data: piece)
      rest -= UInt64(piece.count)
    }
    guard let sum = try file.read(upToCount: 32), sum.elementsEqual(hash.finalize()) else {
      throw Problem(path, "is damaged: its SHA-256 is another one")
    }
  }

  /// Writes the data into a file of its own.
  func copyData(to target: String) throws {
    guard let source = FileHandle(forReadingAtPath: path),
      FileManager.default.createFile(atPath: target, contents: nil),
      let output = FileHandle(forWritingAtPath: target)
    else { throw Problem(target, "cannot be written: \(String(cString: strerror(errno)))") }
    defer {
      try? source.close()
      try? output.close()
    }
    try source.seek(toOffset: dataOffset)
    var rest = contents.size
    while rest > 0, let piece = try source.read(upToCount: Int(min(UInt64(Self.pieceBytes), rest))),
      !piece.isEmpty
    {
      try output.write(contentsOf: piece)
      rest -= UInt64(piece.count)
    }
    try output.synchronize()
  }

  /// The beginning of a file, up to its data.
  static func beginning(_ contents: Contents) throws -> [UInt8] {
    let header = try contents.message.serialized()
    let length = UInt32(header.count)
    return magic + [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: length >> $0) } + header
  }
}

extension SnapshotFile.Contents {
  init(_ message: Weft_Registry_V1_SnapshotHeader) {
    history = message.history
    revision = message.revision
    savedAt = .milliseconds(Int64(clamping: message.savedMilliseconds))
    counts = message.counts
    size = message.size
  }

  var message: Weft_Registry_V1_SnapshotHeader {
    var message = Weft_Registry_V1_SnapshotHeader()
    message.history = history
    message.revision = revision
    message.savedMilliseconds = UInt64(clamping: savedAt.milliseconds)
    message.counts = counts
    message.size = size
    return message
  }
}
