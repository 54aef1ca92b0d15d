internal import CProtobufC
internal import CWeftCodec

/// Memory of one encoding or decoding, owned by whoever acquired it. Generated code passes it on; it never keeps it.
public struct ArenaReference {
  @usableFromInline let arena: OpaquePointer

  /// The thread's own arena, or another when that is in use. Nil when memory is exhausted.
  static func acquire(cap: Int) -> ArenaReference? {
    weft_arena_acquire(max(cap, 0)).map(ArenaReference.init(arena:))
  }

  @usableFromInline
  func release() { weft_arena_release(arena) }

  /// Bytes handed out so far.
  var used: Int { weft_arena_used(arena) }

  /// Eight-byte aligned, not zeroed.
  @usableFromInline
  func allocate(_ size: Int) throws -> UnsafeMutableRawPointer {
    guard let memory = weft_arena_alloc(arena, size) else { throw EncodingError.outOfMemory }
    return memory
  }

  /// A zeroed message. Nil when the cap is reached.
  func newMessage(_ type: UnsafePointer<ProtobufCMessageDescriptor>) -> UnsafeMutableRawPointer? {
    weft_message_new(type, arena).map { UnsafeMutableRawPointer($0) }
  }

  /// Room for `extra` more elements behind the `count` that are there.
  func reserve(
    _ array: UnsafeMutableRawPointer?, count: Int, extra: Int, elementSize: Int
  ) -> UnsafeMutableRawPointer? {
    weft_array_reserve(arena, array, count, extra, elementSize)
  }

  /// The message then points into `bytes`.
  func merge(
    _ bytes: UnsafeRawBufferPointer, into message: UnsafeMutableRawPointer, limits: DecodingLimits
  ) throws {
    var error = weft_error()
    // An empty buffer may have no address, which C does not allow in arithmetic.
    guard let start = bytes.baseAddress else { return }
    let status = weft_merge(
      message.assumingMemoryBound(to: ProtobufCMessage.self), start.assumingMemoryBound(to: UInt8.self),
      bytes.count, arena, limits.depth, &error)
    if status != WEFT_OK { throw DecodingError(error) }
  }

  /// The encoded message, in the arena's free room: use it before anything else is allocated.
  @usableFromInline
  func pack(_ message: UnsafeRawPointer) throws -> UnsafeRawBufferPointer {
    var start: UnsafePointer<UInt8>?
    var count = 0
    switch weft_pack(message.assumingMemoryBound(to: ProtobufCMessage.self), arena, &start, &count) {
    case WEFT_OK: return UnsafeRawBufferPointer(start: start, count: count)
    case WEFT_TOO_DEEP: throw EncodingError.tooDeep
    case WEFT_TOO_LARGE: throw EncodingError.tooLarge
    default: throw EncodingError.outOfMemory
    }
  }
}
