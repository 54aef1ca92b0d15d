import NIOCore

/// Bytes that wait for their turn and their flow-control window, and how the stream ends.
struct OutputQueue {
  enum Trailers {
    case none
    case fields(HTTPFields)
    case fixed(FixedFields)
  }

  private var first: ByteBuffer?
  /// Nil while there is at most one buffer, as with every unary reply.
  private var rest: CircularBuffer<ByteBuffer>?
  /// The last buffer was made here, so more may be written to it.
  private var tailIsOpen = false
  private(set) var byteCount = 0
  private(set) var isFinished = false
  private(set) var trailers = Trailers.none

  var isEmpty: Bool { byteCount == 0 }

  /// Small messages that wait together share a buffer up to this size, which is that of a DATA frame.
  private static let maxShared = 16 << 10

  /// Adds `count` bytes that `fill` writes.
  mutating func append(_ count: Int, spares: inout SpareBuffers, _ fill: (inout ByteBuffer) -> Void) {
    if tailIsOpen, var tail = takeTail(withRoomFor: count) {
      let before = tail.readableBytes
      fill(&tail)
      byteCount += tail.readableBytes - before
      putTail(tail)
    } else {
      var buffer = spares.take()
      fill(&buffer)
      append(buffer)
      tailIsOpen = !isEmpty
    }
  }

  /// The last buffer, which must be put back. Taken out, so that nobody else holds its bytes while more are written.
  private mutating func takeTail(withRoomFor count: Int) -> ByteBuffer? {
    if let last = rest?.last {
      return last.writerIndex + count <= Self.maxShared ? rest?.popLast() : nil
    }
    guard let last = first, last.writerIndex + count <= Self.maxShared else { return nil }
    first = nil
    return last
  }

  private mutating func putTail(_ buffer: ByteBuffer) {
    if first == nil { first = buffer } else { rest?.append(buffer) }
  }

  mutating func append(_ buffer: ByteBuffer) {
    let count = buffer.readableBytes
    if count == 0 { return }
    tailIsOpen = false
    byteCount += count
    if first == nil {
      first = buffer
    } else if rest == nil {
      rest = [buffer]
    } else {
      rest?.append(buffer)
    }
  }

  mutating func finish(trailers: Trailers = .none) {
    isFinished = true
    self.trailers = trailers
  }

  mutating func removeAll() {
    first = nil
    rest = nil
    byteCount = 0
  }

  /// Moves up to `limit` bytes to `target`, and buffers that are empty then to `spares`.
  mutating func read(
    into target: UnsafeMutablePointer<UInt8>, limit: Int, spares: inout SpareBuffers
  ) -> Int {
    var written = 0
    while written < limit, var buffer = first {
      first = nil
      let count = min(limit - written, buffer.readableBytes)
      buffer.readWithUnsafeReadableBytes { source in
        if let base = source.baseAddress {
          UnsafeMutableRawPointer(target + written).copyMemory(from: base, byteCount: count)
        }
        return count
      }
      written += count
      if buffer.readableBytes > 0 {
        first = buffer
      } else {
        spares.put(buffer)
        first = rest?.popFirst()
      }
    }
    byteCount -= written
    return written
  }
}

/// Small buffers whose bytes have left, kept for the next messages.
struct SpareBuffers {
  private var buffers: [ByteBuffer] = []

  private static let maxCapacity = 4096
  private static let maxCount = 128

  mutating func put(_ buffer: ByteBuffer) {
    if buffer.capacity <= Self.maxCapacity, buffers.count < Self.maxCount { buffers.append(buffer) }
  }

  /// An empty buffer. One that somebody else still reads keeps its bytes: clearing makes a new one then.
  mutating func take() -> ByteBuffer {
    guard var buffer = buffers.popLast() else { return ByteBuffer() }
    buffer.clear()
    return buffer
  }
}
