import CWeftCodec
import Foundation
import Testing

@testable import WeftProtobuf

/// Large blocks are kept while large messages come, and given back afterwards.
@Suite struct ArenaTests {
  private func encoded(_ size: Int, _ byte: UInt8) throws -> [UInt8] {
    var value = Google_Protobuf_BytesValue()
    value.value = [UInt8](repeating: byte, count: size)
    return try value.serialized()
  }

  @Test func messagesOfAllSizesInTurnComeOutRight() throws {
    // More small ones than a spare block waits for, and sizes around that of the largest spare.
    for size in [1 << 20, 10, 5 << 20, 300 << 10, 1 << 20] + Array(repeating: 10, count: 80) + [2 << 20, 3] {
      let byte = UInt8(truncatingIfNeeded: size >> 4 | 1)
      let bytes = try encoded(size, byte)
      let back = try Google_Protobuf_BytesValue(serialized: bytes)
      #expect(back.value.count == size)
      #expect(back.value.allSatisfy { $0 == byte })
    }
  }

  @Test func anArenaInUseIsNotTheOneThatIsKept() throws {
    let outer = weft_arena_acquire(16 << 20)
    defer { weft_arena_release(outer) }
    let large = try #require(weft_arena_alloc(outer, 1 << 20))
    memset(large, 7, 1 << 20)
    _ = try encoded(1 << 20, 9)
    let kept = UnsafeRawBufferPointer(start: large, count: 1 << 20)
    #expect(kept.allSatisfy { $0 == 7 })
  }
}
