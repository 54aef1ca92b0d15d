import CZlib
import Foundation

/// Unpacks a file of one gzip member (RFC 1952), as much at a time as is asked for.
final class GzipReader {
  private let file: FileHandle
  private let path: String
  /// zlib keeps a pointer back to it, so it must not move.
  private let stream: UnsafeMutablePointer<z_stream>
  private var input: [UInt8] = []
  /// How much of ``input`` zlib has taken.
  private var taken = 0
  private var isFinished = false

  /// - Parameter path: the file, for errors.
  init(_ file: FileHandle, path: String) throws(SnapshotFile.Problem) {
    self.file = file
    self.path = path
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    guard weft_inflate_init(stream, MAX_WBITS + 16) == Z_OK else {
      stream.deallocate()
      throw SnapshotFile.Problem(path, "cannot be unpacked: there is no memory")
    }
  }

  deinit {
    inflateEnd(stream)
    stream.deallocate()
  }

  /// The next bytes: `count` of them, or fewer at the end.
  /// - Throws: ``SnapshotFile/Problem`` when the file is damaged, cut off, or goes on behind its end.
  func read(_ count: Int) throws -> [UInt8] {
    var unpacked = [UInt8](repeating: 0, count: count)
    var filled = 0
    while filled < count, !isFinished {
      if taken == input.count {
        input = [UInt8](try file.read(upToCount: SnapshotFile.pieceBytes) ?? Data())
        taken = 0
        if input.isEmpty { throw SnapshotFile.Problem(path, "is cut off") }
      }
      filled += try inflate(into: &unpacked, from: filled)
    }
    if isFinished, try taken < input.count || file.read(upToCount: 1)?.isEmpty == false {
      throw SnapshotFile.Problem(path, "is damaged: bytes follow its end")
    }
    unpacked.removeSubrange(filled...)
    return unpacked
  }

  private func inflate(into unpacked: inout [UInt8], from filled: Int) throws -> Int {
    let room = unpacked.count - filled
    let status = input.withUnsafeBytes { input in
      unpacked.withUnsafeMutableBytes { output in
        let rest = UnsafeRawBufferPointer(rebasing: input[taken...])
        stream.pointee.next_in = UnsafeMutablePointer(
          mutating: rest.baseAddress?.assumingMemoryBound(to: UInt8.self))
        stream.pointee.avail_in = UInt32(clamping: rest.count)
        let free = UnsafeMutableRawBufferPointer(rebasing: output[filled...])
        stream.pointee.next_out = free.baseAddress?.assumingMemoryBound(to: UInt8.self)
        stream.pointee.avail_out = UInt32(clamping: free.count)
        return CZlib.inflate(stream, Z_NO_FLUSH)
      }
    }
    taken = input.count - Int(stream.pointee.avail_in)
    switch status {
    case Z_STREAM_END: isFinished = true
    case Z_OK, Z_BUF_ERROR: break
    default: throw SnapshotFile.Problem(path, "is damaged: it cannot be unpacked")
    }
    return room - Int(stream.pointee.avail_out)
  }
}
