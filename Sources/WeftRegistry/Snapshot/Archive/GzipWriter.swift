import CZlib

/// Packs bytes, piece by piece, into one gzip member (RFC 1952).
final class GzipWriter {
  /// zlib keeps a pointer back to it, so it must not move.
  private let stream: UnsafeMutablePointer<z_stream>
  private var room = [UInt8](repeating: 0, count: 64 << 10)

  /// - Throws: `resourceExhausted` when there is no memory.
  init() throws(RegistryError) {
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    guard weft_deflate_init(stream, Z_DEFAULT_COMPRESSION, MAX_WBITS + 16) == Z_OK else {
      stream.deallocate()
      throw .resourceExhausted("there is no memory to pack a snapshot")
    }
  }

  deinit {
    deflateEnd(stream)
    stream.deallocate()
  }

  /// What there is to write after these bytes; nothing as long as they fit into zlib's own buffer.
  func pack(_ bytes: [UInt8], isLast: Bool = false) -> [UInt8] {
    var packed: [UInt8] = []
    bytes.withUnsafeBytes { input in
      // zlib only reads what it takes by a mutable pointer.
      stream.pointee.next_in = UnsafeMutablePointer(
        mutating: input.baseAddress?.assumingMemoryBound(to: UInt8.self))
      stream.pointee.avail_in = UInt32(clamping: input.count)
      repeat {
        let written = room.withUnsafeMutableBytes { output in
          stream.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
          stream.pointee.avail_out = UInt32(clamping: output.count)
          deflate(stream, isLast ? Z_FINISH : Z_NO_FLUSH)
          return output.count - Int(stream.pointee.avail_out)
        }
        packed += room[..<written]
      } while stream.pointee.avail_out == 0
    }
    return packed
  }
}
