import NIOCore
import Testing

@testable import WeftHTTP2

@Suite struct OutputQueueTests {
  private func read(_ queue: inout OutputQueue, _ limit: Int, _ spares: inout SpareBuffers) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: limit)
    let count = bytes.withUnsafeMutableBufferPointer { buffer -> Int in
      guard let base = buffer.baseAddress else { return 0 }
      return queue.read(into: base, limit: limit, spares: &spares)
    }
    return Array(bytes.prefix(count))
  }

  @Test func bytesLeaveInOrderWhateverTheLimit() {
    for limit in 1...7 {
      var (queue, spares) = (OutputQueue(), SpareBuffers())
      for part in ["a", "bc", "", "def", "ghij"] { queue.append(ByteBuffer(string: part)) }
      var seen: [UInt8] = []
      while !queue.isEmpty { seen += read(&queue, limit, &spares) }
      #expect(seen == Array("abcdefghij".utf8))
    }
  }

  @Test func bufferThatIsUsedAgainLeavesItsOtherOwnersAlone() {
    var (queue, spares) = (OutputQueue(), SpareBuffers())
    let kept = ByteBuffer(string: "kept")
    queue.append(kept)
    _ = read(&queue, 10, &spares)
    var reused = spares.take()
    #expect(reused.readableBytes == 0)
    reused.writeString("new!")
    #expect(String(buffer: kept) == "kept")
  }

  @Test func largeBuffersAreNotKept() {
    var (queue, spares) = (OutputQueue(), SpareBuffers())
    queue.append(ByteBuffer(repeating: 1, count: 1 << 20))
    _ = read(&queue, 1 << 20, &spares)
    #expect(spares.take().capacity == 0)
  }

  @Test func smallMessagesThatWaitShareABuffer() {
    var (queue, spares) = (OutputQueue(), SpareBuffers())
    var expected: [UInt8] = []
    for index in 0..<1000 {
      let part = Array("message \(index);".utf8)
      queue.append(part.count, spares: &spares) { $0.writeBytes(part) }
      expected += part
    }
    #expect(queue.byteCount == expected.count)
    #expect(read(&queue, expected.count, &spares) == expected)
    #expect(queue.isEmpty)
  }

  @Test func ordersOfOwnAndForeignBuffersAreKept() {
    var random = SeededRandom(seed: 3)
    for _ in 0..<200 {
      var (queue, spares) = (OutputQueue(), SpareBuffers())
      var (expected, seen): ([UInt8], [UInt8]) = ([], [])
      for index in 0..<Int.random(in: 1...20, using: &random) {
        let part = [UInt8](repeating: UInt8(index), count: Int.random(in: 0...9000, using: &random))
        expected += part
        if Bool.random(using: &random) {
          queue.append(ByteBuffer(bytes: part))
        } else {
          queue.append(part.count, spares: &spares) { $0.writeBytes(part) }
        }
        if Bool.random(using: &random) {
          seen += read(&queue, Int.random(in: 1...9000, using: &random), &spares)
        }
      }
      while !queue.isEmpty { seen += read(&queue, 1000, &spares) }
      #expect(seen == expected)
    }
  }

  @Test func bufferThatIsReadWhileItIsWrittenToStaysSmall() {
    var (queue, spares) = (OutputQueue(), SpareBuffers())
    var largest = 0
    for _ in 0..<10_000 {
      queue.append(100, spares: &spares) {
        $0.writeRepeatingByte(1, count: 100)
        largest = max(largest, $0.writerIndex)
      }
      if queue.byteCount > 100 { _ = read(&queue, 100, &spares) }
    }
    #expect(largest <= 16 << 10)
  }
}
