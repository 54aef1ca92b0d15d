import FoundationEssentials
import Glibc

/// Files of the certificate folder: replaced whole, never half written, keys readable by their owner only.
enum CertificateFile {
  static let maxBytes = 1 << 20

  /// The text of a file, or nil when there is none.
  static func read(_ path: String) throws(CertificateError) -> String? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      if errno == ENOENT { return nil }
      throw CertificateError(path, "cannot be read: \(systemError())")
    }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 16_384)
    while true {
      let count = Glibc.read(descriptor, &chunk, chunk.count)
      if count == 0 { break }
      guard count > 0 else {
        if errno == EINTR { continue }
        throw CertificateError(path, "cannot be read: \(systemError())")
      }
      bytes += chunk[..<count]
      guard bytes.count <= maxBytes else {
        throw CertificateError(path, "is over \(maxBytes) bytes: not a PEM file")
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Writes beside the target and renames, so that a reader sees the old or the new file and a crash leaves one.
  static func write(_ text: String, to path: String, mode: mode_t) throws(CertificateError) {
    let temporary = "\(path).\(getpid()).new"
    unlink(temporary)
    // The mode is set when the file is made: there is no moment in which others can read a key.
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
    guard descriptor >= 0 else { throw CertificateError(path, "cannot be written: \(systemError())") }
    defer { close(descriptor) }
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      guard count >= 0 || errno == EINTR else {
        let reason = systemError()
        unlink(temporary)
        throw CertificateError(path, "cannot be written: \(reason)")
      }
      rest = rest.dropFirst(max(count, 0))
    }
    guard fsync(descriptor) == 0, rename(temporary, path) == 0 else {
      let reason = systemError()
      unlink(temporary)
      throw CertificateError(path, "cannot be written: \(reason)")
    }
  }

  static func makeDirectory(_ path: String) throws(CertificateError) {
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      throw CertificateError(path, "cannot be made: \(error)")
    }
  }

  static func systemError() -> String { String(cString: strerror(errno)) }
}

/// Holds an advisory lock on a folder, so that two commands do not both make an authority.
struct DirectoryLock: ~Copyable {
  private let descriptor: Int32

  init(directory: String) throws(CertificateError) {
    let descriptor = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw CertificateError(directory, "cannot be opened: \(CertificateFile.systemError())")
    }
    while flock(descriptor, LOCK_EX) != 0 {
      guard errno == EINTR else {
        close(descriptor)
        throw CertificateError(directory, "cannot be locked: \(CertificateFile.systemError())")
      }
    }
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }
}
