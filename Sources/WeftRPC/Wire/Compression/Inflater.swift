import CZlib
import NIOCore

/// Unpacks messages, one after another, each up to a limit.
final class Inflater: @unchecked Sendable {
  // Sound as `Sendable`: a pool gives it to one user at a time.

  private let stream: UnsafeMutablePointer<z_stream>

  /// - Returns: nil when there is no memory.
  init?(windowBits: Int32) {
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    guard weft_inflate_init(stream, windowBits) == Z_OK else {
      stream.deallocate()
      return nil
    }
  }

  deinit {
    inflateEnd(stream)
    stream.deallocate()
  }

  /// - Parameter limit: bytes of the result.
  /// - Throws: ``RPCError``.
  func inflate(_ bytes: UnsafeRawBufferPointer, limit: Int) throws -> ByteBuffer {
    guard let count = UInt32(exactly: bytes.count) else {
      throw RPCError(.resourceExhausted, "a compressed message of \(bytes.count) bytes is too large")
    }
    defer { inflateReset(stream) }
    stream.pointee.setInput(bytes, count)
    var message = ByteBuffer()
    while true {
      // Grows with what came out; one byte over the limit tells that there is more.
      let step = min(max(message.readableBytes, 2 * bytes.count, 1024), limit - message.readableBytes + 1)
      var status = Z_OK
      message.writeWithUnsafeMutableBytes(minimumWritableBytes: step) { output in
        stream.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
        stream.pointee.avail_out = UInt32(clamping: step)
        status = CZlib.inflate(stream, Z_NO_FLUSH)
        return Int(UInt32(clamping: step) - stream.pointee.avail_out)
      }
      if message.readableBytes > limit {
        throw RPCError(
          .resourceExhausted, "a message of \(bytes.count) compressed bytes unpacks to more than \(limit)")
      }
      switch status {
      case Z_STREAM_END where stream.pointee.avail_in == 0: return message
      case Z_STREAM_END: throw RPCError(.internalError, "bytes follow the end of a compressed message")
      case Z_OK where stream.pointee.avail_out == 0: continue
      case Z_OK, Z_BUF_ERROR: throw RPCError(.internalError, "a compressed message ends too early")
      case Z_MEM_ERROR: throw RPCError(.resourceExhausted, "no memory to unpack a message")
      default: throw RPCError(.internalError, "a compressed message is broken")
      }
    }
  }
}
