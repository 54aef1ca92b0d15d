import NIOCore

/// Cuts a stream of bytes into length-prefixed messages (gRPC's `PROTOCOL-HTTP2`, Length-Prefixed-Message).
///
/// A message is refused by the length that it announces, before any of it is kept; memory grows only
/// with bytes that arrived.
struct MessageAssembler {
  let maxMessageBytes: Int
  private var prefix: [UInt8] = []
  private var expected = 0
  private var isInsideMessage = false
  private var isCompressed = false
  /// Nil between messages.
  private var message: ByteBuffer?

  init(maxMessageBytes: Int) {
    self.maxMessageBytes = maxMessageBytes
  }

  /// Bytes that are kept until their message is whole.
  var pendingBytes: Int { (message?.readableBytes ?? 0) + prefix.count }

  /// The message, when the bytes are exactly one and nothing came before. It is not taken.
  func whole(_ bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
    guard !isInsideMessage, prefix.isEmpty, bytes.count >= 5, bytes[0] == 0 else { return nil }
    let length = Int(UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: 1, as: UInt32.self)))
    guard length == bytes.count - 5, length <= maxMessageBytes else { return nil }
    return UnsafeRawBufferPointer(rebasing: bytes.dropFirst(5))
  }

  /// Takes bytes and gives the messages that they complete, and whether each is compressed.
  mutating func feed(
    _ bytes: UnsafeRawBufferPointer, _ emit: (_ message: ByteBuffer, _ isCompressed: Bool) throws -> Void
  ) throws {
    var rest = bytes[...]
    while true {
      if !isInsideMessage {
        guard try readPrefix(&rest) else { return }
      }
      let missing = expected - (message?.readableBytes ?? 0)
      let part = UnsafeRawBufferPointer(rebasing: rest.prefix(missing))
      if message == nil, part.count == expected {
        try emit(ByteBuffer(bytes: part), isCompressed)
      } else {
        var collected = message ?? ByteBuffer()
        message = nil
        collected.writeBytes(part)
        if part.count < missing {
          message = collected
          return
        }
        try emit(collected, isCompressed)
      }
      isInsideMessage = false
      rest = rest.dropFirst(part.count)
      if rest.isEmpty { return }
    }
  }

  /// The stream ended.
  func finish() throws {
    if isInsideMessage || !prefix.isEmpty {
      throw RPCError(.internalError, "the stream ended inside a message: \(pendingBytes) of its bytes came")
    }
  }

  /// - Returns: whether the prefix is whole.
  private mutating func readPrefix(_ rest: inout Slice<UnsafeRawBufferPointer>) throws -> Bool {
    var flag: UInt8 = 0
    var length: UInt32 = 0
    if prefix.isEmpty, rest.count >= 5 {
      let head = UnsafeRawBufferPointer(rebasing: rest.prefix(5))
      flag = head[0]
      length = UInt32(bigEndian: head.loadUnaligned(fromByteOffset: 1, as: UInt32.self))
      rest = rest.dropFirst(5)
    } else {
      let part = rest.prefix(5 - prefix.count)
      prefix.append(contentsOf: part)
      rest = rest.dropFirst(part.count)
      if prefix.count < 5 { return false }
      flag = prefix[0]
      for byte in prefix[1...] { length = length << 8 | UInt32(byte) }
      prefix.removeAll(keepingCapacity: true)
    }
    if flag > 1 {
      throw RPCError(.internalError, "the compression flag of a message is \(flag), not 0 or 1")
    }
    if Int(length) > maxMessageBytes {
      throw RPCError(
        .resourceExhausted, "a message of \(length) bytes is larger than the limit of \(maxMessageBytes)")
    }
    expected = Int(length)
    isCompressed = flag == 1
    isInsideMessage = true
    return true
  }
}

extension ByteBuffer {
  /// In front of each message: whether it is compressed, and its length.
  static var messagePrefixBytes: Int { 5 }

  /// A message with the five bytes in front of it that gRPC wants.
  @usableFromInline
  init(grpcMessage bytes: UnsafeRawBufferPointer) {
    self.init()
    writeGRPCMessage(bytes)
  }

  mutating func writeGRPCMessage(_ bytes: UnsafeRawBufferPointer) {
    reserveCapacity(minimumWritableBytes: bytes.count + 5)
    writeInteger(UInt8(0))
    writeInteger(UInt32(truncatingIfNeeded: bytes.count))
    writeBytes(bytes)
  }

  init(framing message: ByteBuffer) {
    self = message.withUnsafeReadableBytes { ByteBuffer(grpcMessage: $0) }
  }
}
