/// Owns the arena that a dynamic message and all messages within it lie in.
final class MessageStorage {
  let arena: ArenaReference
  /// Keeps the descriptors alive.
  let pool: DescriptorPool
  let limits: DecodingLimits

  init(pool: DescriptorPool, limits: DecodingLimits, cap: Int) {
    guard let arena = ArenaReference.acquire(cap: cap) else {
      preconditionFailure("memory is exhausted")
    }
    self.arena = arena
    self.pool = pool
    self.limits = limits
  }

  deinit { arena.release() }

  /// A copy of `bytes` that lasts as long as the arena.
  func copy(_ bytes: UnsafeRawBufferPointer) throws -> UnsafeRawBufferPointer {
    guard let start = bytes.baseAddress, !bytes.isEmpty else {
      return UnsafeRawBufferPointer(start: nil, count: 0)
    }
    let copy = try arena.allocate(bytes.count)
    copy.copyMemory(from: start, byteCount: bytes.count)
    return UnsafeRawBufferPointer(start: copy, count: bytes.count)
  }
}
