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
}
