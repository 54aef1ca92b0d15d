import Dispatch
import Glibc
import Synchronization

/// A binary log in a file: each entry with its length in front, four bytes, the highest first.
///
/// Calls never wait for the disk: entries queue, and are dropped and counted when too many do. A full file is renamed
/// to `PATH.1`, the one before to `PATH.2`, and so on; the oldest is removed.
public final class BinaryLogFile: BinaryLogSink, @unchecked Sendable {
  // Sound as `Sendable`: `descriptor` and `size` are touched on `queue` only.

  private struct Waiting {
    var entries: [[UInt8]] = []
    var bytes = 0
    var isScheduled = false
  }

  /// Bytes of entries that wait to be written.
  static let maxWaitingBytes = 16 << 20

  private let path: String
  private let maxBytes: Int
  private let files: Int
  private let queue = DispatchQueue(label: "weft.binary-log")
  private let waiting = Mutex(Waiting())
  private let dropped: MetricCounter
  private let written: MetricCounter
  private var descriptor: Int32
  private var size: Int

  /// - Parameters:
  ///   - maxBytes: size at which a new file is begun.
  ///   - files: how many are kept, the current one included.
  /// - Throws: ``OpenError`` when the file cannot be opened.
  public init(
    path: String, maxBytes: Int = 64 << 20, files: Int = 4, metrics: MetricsRegistry = .shared
  ) throws {
    self.path = path
    self.maxBytes = max(maxBytes, 1)
    self.files = max(files, 1)
    dropped = metrics.counter(
      "weft_binary_log_dropped_entries_total",
      help: "Entries that were not written: the disk is too slow, or full.")
    written = metrics.counter("weft_binary_log_entries_total", help: "Entries that were written.")
    descriptor = try Self.open(path)
    size = Int(lseek(descriptor, 0, SEEK_END))
  }

  deinit { close(descriptor) }

  /// A file that cannot be written to.
  public struct OpenError: Error, Sendable, CustomStringConvertible {
    public let path: String
    public let reason: String
    public var description: String { "the binary log \(path) cannot be written: \(reason)" }
  }

  public func write(_ entry: [UInt8]) {
    let schedule = waiting.withLock { waiting in
      guard waiting.bytes + entry.count <= Self.maxWaitingBytes else {
        dropped.add()
        return false
      }
      waiting.entries.append(entry)
      waiting.bytes += entry.count
      defer { waiting.isScheduled = true }
      return !waiting.isScheduled
    }
    if schedule { queue.async { self.writeWaiting() } }
  }

  /// Waits until what was written so far is in the file.
  public func flush() async {
    await withCheckedContinuation { continuation in
      queue.async {
        self.writeWaiting()
        continuation.resume()
      }
    }
  }

  private func writeWaiting() {
    let entries = waiting.withLock { waiting in
      let entries = waiting.entries
      waiting = Waiting()
      return entries
    }
    var bytes: [UInt8] = []
    var count = 0
    func put() {
      if bytes.isEmpty { return }
      if append(bytes) { written.add(count) } else { dropped.add(count) }
      bytes.removeAll(keepingCapacity: true)
      count = 0
    }
    for entry in entries {
      if size + bytes.count > 0, size + bytes.count + entry.count + 4 > maxBytes {
        put()
        rotate()
      }
      withUnsafeBytes(of: UInt32(clamping: entry.count).bigEndian) { bytes.append(contentsOf: $0) }
      bytes += entry
      count += 1
    }
    put()
  }

  /// - Returns: false when not all could be written. What was is taken back, so that the file stays readable.
  private func append(_ bytes: [UInt8]) -> Bool {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else {
        ftruncate(descriptor, size)
        return false
      }
      rest = rest.dropFirst(count)
    }
    size += bytes.count
    return true
  }

  private func rotate() {
    if files == 1 {
      if ftruncate(descriptor, 0) == 0 { size = 0 }
      return
    }
    for number in stride(from: files - 1, to: 1, by: -1) {
      rename("\(path).\(number - 1)", "\(path).\(number)")
    }
    guard rename(path, "\(path).1") == 0, let fresh = try? Self.open(path) else { return }
    close(descriptor)
    descriptor = fresh
    size = 0
  }

  /// Readable by its owner only: messages are the callers' business.
  private static func open(_ path: String) throws -> Int32 {
    let descriptor = Glibc.open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
    if descriptor < 0 { throw OpenError(path: path, reason: String(cString: strerror(errno))) }
    return descriptor
  }
}
