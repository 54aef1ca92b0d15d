/// When a stream's window opens again: at once while little is queued for the reader, else as it reads.
struct ReadWindow {
  private var queuedBytes = 0
  private var owed = 0

  mutating func queued(_ count: Int) {
    queuedBytes += count
  }

  /// - Returns: bytes to give back to the peer now.
  mutating func received(_ count: Int, highWater: Int) -> Int {
    if queuedBytes < highWater { return count }
    owed += count
    return 0
  }

  mutating func taken(_ count: Int, highWater: Int) -> Int {
    queuedBytes -= count
    if queuedBytes >= highWater { return 0 }
    let result = owed
    owed = 0
    return result
  }
}
