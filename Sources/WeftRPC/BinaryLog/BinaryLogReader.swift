import WeftProtobuf

/// Reads a binary log, entry by entry.
public struct BinaryLogReader: Sequence, IteratorProtocol {
  /// Bytes of one entry that are believed.
  static let maxEntryBytes = 64 << 20

  private let bytes: [UInt8]
  private var position = 0
  /// Why reading ended before the end of the file; nil when it did not. A file that a process was writing when it
  /// died ends inside an entry, and all before that is good.
  public private(set) var problem: String?

  public init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }

  public mutating func next() -> Grpc_Binarylog_V1_GrpcLogEntry? {
    if problem != nil || position == bytes.count { return nil }
    guard bytes.count - position >= 4 else { return end("the file ends inside an entry") }
    let length = bytes[position..<position + 4].reduce(0) { $0 << 8 | Int($1) }
    if length > Self.maxEntryBytes { return end("an entry of \(length) bytes cannot be right") }
    let start = position + 4
    guard bytes.count - start >= length else { return end("the file ends inside an entry") }
    position = start + length
    do {
      return try Grpc_Binarylog_V1_GrpcLogEntry(serialized: Array(bytes[start..<position]))
    } catch {
      return end("this is no entry of a binary log: \(error)")
    }
  }

  private mutating func end(_ reason: String) -> Grpc_Binarylog_V1_GrpcLogEntry? {
    problem = "at byte \(position): \(reason)"
    return nil
  }
}
