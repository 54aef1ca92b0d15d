import Foundation
import Synchronization

/// A snapshot that arrives in pieces, as a ``SnapshotFile`` or an archive with one, kept in a file until it is whole.
///
/// Its files go with it.
public final class SnapshotUpload: Sendable {
  /// Bytes that a file may have.
  public static let limit = SnapshotArchive.stateLimit

  private let path: String
  private let output: FileHandle
  private let size = Mutex<UInt64>(0)

  private var statePath: String { path + ".state" }

  /// - Throws: `unavailable` when the registry's folder takes no new file.
  init(folder: String) throws(RegistryError) {
    path = "\(folder)/\(SQLiteStore.scratchPrefix)\(newHistory())"
    // Hashes of secrets are in it.
    guard
      FileManager.default.createFile(
        atPath: path, contents: nil, attributes: [.posixPermissions: 0o600]),
      let output = FileHandle(forWritingAtPath: path)
    else {
      throw .unavailable("\(folder) takes no files: \(String(cString: strerror(errno)))")
    }
    self.output = output
  }

  deinit {
    try? output.close()
    for path in [path, statePath] { try? FileManager.default.removeItem(atPath: path) }
  }

  /// Keeps the next piece.
  /// - Throws: `resourceExhausted` when it is one too many, or when there is no room for it.
  public func add(_ piece: some Collection<UInt8>) throws(RegistryError) {
    let size = size.withLock { size in
      size += UInt64(piece.count)
      return size
    }
    guard size <= Self.limit else {
      throw .resourceExhausted("the snapshot is larger than \(Self.limit) bytes")
    }
    do {
      try output.write(contentsOf: Data(piece))
    } catch {
      throw .resourceExhausted("there is no room for the snapshot: \(error.localizedDescription)")
    }
  }

  /// The snapshot, checked from end to end. Its file goes with the upload.
  /// - Throws: `invalidArgument` when it is none, or damaged.
  public func finish() throws(RegistryError) -> SnapshotFile {
    do {
      return try SnapshotFile.reading(path, unpackingTo: statePath)
    } catch let problem as SnapshotFile.Problem {
      throw .invalidArgument(field: "snapshot", reason: problem.reason)
    } catch {
      throw .resourceExhausted("there is no room for the snapshot: \(error.localizedDescription)")
    }
  }
}

extension Registry {
  /// Where a snapshot that is sent in pieces is put together, to be given to ``restore(_:by:)``.
  public func beginUpload() throws(RegistryError) -> SnapshotUpload {
    try SnapshotUpload(folder: store.scratchFolder)
  }
}
