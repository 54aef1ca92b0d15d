import Crypto
import Foundation

@testable import WeftRegistry

/// Files that claim to be snapshots of a registry.
enum SnapshotFuzz {
  private static let folder: URL = {
    let folder = FileManager.default.temporaryDirectory.appending(path: "weft-fuzz-\(getpid())")
    try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    return folder
  }()

  /// The bytes as they are; and with the checksum that they would need, which no fuzzer finds.
  static func file(_ bytes: UnsafeRawBufferPointer) throws {
    try read(Data(bytes))
    let body = Data(bytes.dropLast(32))
    try read(body + Data(SHA256.hash(data: body)))
  }

  /// Files that claim to be archives of one; and what may be in an archive, which no fuzzer packs.
  static func archive(_ bytes: UnsafeRawBufferPointer) throws {
    try unpack(Data(bytes))
    try unpack(Data(try GzipWriter().pack([UInt8](bytes), isLast: true)))
  }

  private static func unpack(_ data: Data) throws {
    let url = folder.appending(path: UUID().uuidString)
    defer { for end in ["", ".state"] { try? FileManager.default.removeItem(atPath: url.path + end) } }
    try data.write(to: url)
    do {
      try SnapshotArchive.unpackState(of: url.path, to: url.path + ".state")
    } catch is SnapshotFile.Problem {
      return
    }
    try FuzzFailure.unless(SnapshotFile.begins(path: url.path + ".state"), "something else was unpacked")
  }

  private static func read(_ data: Data) throws {
    let url = folder.appending(path: UUID().uuidString)
    defer { for end in ["", ".data"] { try? FileManager.default.removeItem(atPath: url.path + end) } }
    try data.write(to: url)
    guard let file = try? SnapshotFile(path: url.path) else { return }
    try FuzzFailure.unless(file.contents.size < UInt64(data.count), "more data than the file has")
    try file.copyData(to: url.path + ".data")
    let copied = try Data(contentsOf: URL(filePath: url.path + ".data"))
    try FuzzFailure.unless(
      UInt64(copied.count) == file.contents.size, "\(copied.count) bytes came out of \(file.contents.size)")
  }
}
