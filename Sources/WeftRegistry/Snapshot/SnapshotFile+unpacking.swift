import Foundation

extension SnapshotFile {
  /// Reads a file that may also be an archive of `GET /v1/snapshot`, which is unpacked into the folder for temporary
  /// files for as long as `body` runs.
  /// - Throws: ``Problem``, and what `body` throws.
  public static func withFile<R>(at path: String, _ body: (SnapshotFile) async throws -> R) async throws -> R
  {
    guard SnapshotArchive.isArchive(path: path) else { return try await body(try SnapshotFile(path: path)) }
    let state = "\(NSTemporaryDirectory())/weft-snapshot-\(newHistory())"
    defer { try? FileManager.default.removeItem(atPath: state) }
    try SnapshotArchive.unpackState(of: path, to: state)
    return try await body(try SnapshotFile(path: state))
  }
}
