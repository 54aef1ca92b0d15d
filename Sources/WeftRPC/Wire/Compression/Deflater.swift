import CZlib
import NIOCore

/// Packs messages, one after another.
final class Deflater: @unchecked Sendable {
  // Sound as `Sendable`: a pool gives it to one user at a time.

  /// zlib keeps a pointer back to it, so it must not move.
  private let stream: UnsafeMutablePointer<z_stream>

  /// - Returns: nil when there is no memory.
  init?(windowBits: Int32) {
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    guard weft_deflate_init(stream, Z_DEFAULT_COMPRESSION, windowBits) == Z_OK else {
      stream.deallocate()
      return nil
    }
  }

  deinit {
    deflateEnd(stream)
    stream.deallocate()
  }

  /// A packed message with gRPC's prefix.
  ///
  /// - Returns: nil when it would be no smaller than the message.
  func frame(_ bytes: UnsafeRawBufferPointer) -> ByteBuffer? {
    guard bytes.count > 1, let count = UInt32(exactly: bytes.count) else { return nil }
    defer { deflateReset(stream) }
    var framed = ByteBuffer()
    framed.reserveCapacity(ByteBuffer.messagePrefixBytes + bytes.count)
    framed.writeRepeatingByte(0, count: ByteBuffer.messagePrefixBytes)
    var isWhole = false
    let room = bytes.count - 1
    let written = framed.writeWithUnsafeMutableBytes(minimumWritableBytes: room) { output in
      stream.pointee.setInput(bytes, count)
      stream.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
      stream.pointee.avail_out = count - 1
      isWhole = deflate(stream, Z_FINISH) == Z_STREAM_END
      return room - Int(stream.pointee.avail_out)
    }
    guard isWhole else { return nil }
    framed.setInteger(UInt8(1), at: framed.readerIndex)
    framed.setInteger(UInt32(written), at: framed.readerIndex + 1)
    return framed
  }
}

extension z_stream {
  /// zlib only reads what it takes by a mutable pointer.
  mutating func setInput(_ bytes: UnsafeRawBufferPointer, _ count: UInt32) {
    next_in = UnsafeMutablePointer(mutating: bytes.baseAddress?.assumingMemoryBound(to: UInt8.self))
    avail_in = count
  }
}
