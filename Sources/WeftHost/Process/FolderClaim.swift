import FoundationEssentials
import Glibc

/// The right to be the only process that uses a folder for something, for as long as it is held.
///
/// It ends with the process, however that ends: a crash leaves nothing to clean up.
public final class FolderClaim: Sendable {
  private let descriptor: Int32

  /// Makes the folder if need be.
  /// - Parameter name: what for, as in `registry`; the claim is a lock on `NAME.lock`.
  public init(_ folder: String, name: String) throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let path = "\(folder)/\(name).lock"
    let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else {
      throw FolderClaimError(path: path, reason: String(cString: strerror(errno)))
    }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      let reason =
        errno == EWOULDBLOCK
        ? "another \(name) process is using this folder; stop it or choose another folder with --data"
        : String(cString: strerror(errno))
      close(descriptor)
      throw FolderClaimError(path: path, reason: reason)
    }
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }
}

/// A folder that is in use, or cannot be used.
public struct FolderClaimError: Error, Sendable, CustomStringConvertible {
  public let path: String
  public let reason: String
  public var description: String { "\(path): \(reason)" }
}
