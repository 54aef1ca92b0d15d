#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Records of four bytes of length, least significant first, and content, as the runner exchanges them.
enum StandardStreams {
  /// Up to `count` bytes; nil at the end.
  private static func chunk(_ count: Int, from file: Int32) -> [UInt8]? {
    var got = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, size in
      got = read(file, buffer.baseAddress, count)
      size = max(got, 0)
    }
    return got > 0 ? bytes : nil
  }

  private static func exactly(_ count: Int, from file: Int32) -> [UInt8]? {
    var result: [UInt8] = []
    while result.count < count {
      guard let more = chunk(count - result.count, from: file) else { return nil }
      result += more
    }
    return result
  }

  static func readRecord() -> [UInt8]? {
    guard let header = exactly(4, from: STDIN_FILENO) else { return nil }
    let length = header.reversed().reduce(0) { $0 << 8 | Int($1) }
    return exactly(length, from: STDIN_FILENO)
  }

  static func writeRecord(_ content: [UInt8]) {
    let header = (0..<4).map { UInt8(truncatingIfNeeded: content.count >> ($0 * 8)) }
    var rest = (header + content)[...]
    while !rest.isEmpty {
      let written = rest.withUnsafeBytes { write(STDOUT_FILENO, $0.baseAddress, $0.count) }
      guard written > 0 else { exit(1) }
      rest = rest.dropFirst(written)
    }
  }

  static func contents(of path: String) -> [UInt8] {
    let file = open(path, O_RDONLY)
    guard file >= 0 else { fail("cannot read \(path)") }
    defer { close(file) }
    var result: [UInt8] = []
    while let more = chunk(1 << 16, from: file) { result += more }
    return result
  }

  static func fail(_ reason: String) -> Never {
    _ = (reason + "\n").utf8.withContiguousStorageIfAvailable {
      write(STDERR_FILENO, $0.baseAddress, $0.count)
    }
    exit(2)
  }
}
