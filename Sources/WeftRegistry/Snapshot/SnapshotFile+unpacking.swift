import Foundation

extension SnapshotFile {
  /// Reads a file that may also be an archive of `GET /v1/snapshot`, which is unpacked into the folder for temporary
  /// files for as long as `body` runs.
  /// - Throws: ``Problem``, and what `body` throws.
  public static func withFile<R>(at path: String, _ body: (SnapshotFile) async throws -> R) async throws -> R
  {
    let state = "\(NSTemporaryDirectory())/weft-snapshot-\(newHistory())"
    defer { try? FileManager.default.removeItem(atPath: state) }
    return try await body(try reading(path, unpackingTo: state))
  }

  /// Reads a file that may also be an archive.
  /// - Parameter state: where the archive's state goes, for the caller to remove.
  /// - Throws: ``Problem``.
  static func reading(_ path: String, unpackingTo state: String) throws -> SnapshotFile {
    guard SnapshotArchive.isArchive(path: path) else { return try SnapshotFile(path: path) }
    try SnapshotArchive.unpackState(of: path, to: state)
    return try SnapshotFile(path: state)
  }
}
