import Synchronization
import WeftDiscovery

#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// The highest revision that a store has had, in a small file beside it.
///
/// A disk that loses what it had promised to keep takes the end of SQLite's write-ahead log with it, and SQLite then
/// opens the state as it once was, without a word. The mark is how a registry sees that revisions are missing which
/// others have been told of. It is written after each commit and never waited for: it has to outlive the process.
final class HighWaterMark: Sendable {
  private static let size = 64

  private let path: String
  /// Negative until there is one, and on a disk that takes no writes: nothing new will be told from there either.
  private let file: Mutex<CInt>

  /// The file comes with the first mark: who only reads a store leaves none behind.
  init(path: String) {
    self.path = path
    file = Mutex(open(path, O_RDWR | O_CLOEXEC))
  }

  deinit {
    file.withLock { file in
      if file >= 0 { _ = close(file) }
    }
  }

  /// What was marked last; nil when that was nothing, or does not read like it.
  var position: WatchPosition? {
    let file = file.withLock { $0 }
    guard file >= 0 else { return nil }
    var bytes = [UInt8](repeating: 0, count: Self.size)
    let count = bytes.withUnsafeMutableBytes { pread(file, $0.baseAddress, $0.count, 0) }
    guard count == Self.size else { return nil }
    let words = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isWhitespace)
    guard words.count == 2, let revision = UInt64(words[1]) else { return nil }
    return WatchPosition(history: String(words[0]), revision: revision)
  }

  func raise(to position: WatchPosition) {
    var bytes = Array("\(position.history) \(position.revision)".utf8.prefix(Self.size - 1))
    bytes += repeatElement(UInt8(ascii: "\n"), count: Self.size - bytes.count)
    let file = file.withLock { [path] file in
      if file < 0 { file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644) }
      return file
    }
    // One that fails leaves the mark too low, which costs what it is there for and nothing else.
    _ = bytes.withUnsafeBytes { pwrite(file, $0.baseAddress, $0.count, 0) }
  }
}
