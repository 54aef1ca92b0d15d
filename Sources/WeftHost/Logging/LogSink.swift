import Glibc

/// Where finished log lines go: one `write` a line, so that lines of many threads and processes do not mix.
public struct LogSink: Sendable {
  private let write: @Sendable ([UInt8]) -> Void

  public init(_ write: @escaping @Sendable ([UInt8]) -> Void) {
    self.write = write
  }

  public func callAsFunction(_ line: [UInt8]) { write(line) }

  public static let standardError = LogSink { line in
    var rest = line[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
      // With nowhere to write, losing a log line is better than stopping the service.
      guard count > 0 || errno == EINTR else { return }
      rest = rest.dropFirst(max(count, 0))
    }
  }
}
