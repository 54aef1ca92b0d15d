import NIOCore

/// Calls that wait for a connection, or for a place on one, in the order in which they came.
struct CallQueue {
  private var waiting: [Int: CheckedContinuation<Void, Never>] = [:]
  /// Those of `waiting` that need only a place, oldest first, and some that wait no more.
  private var forRoom = CircularBuffer<Int>()
  private var nextNumber = 0

  var count: Int { waiting.count }

  /// A call's number in the queue, which it keeps when it has to wait again.
  mutating func makeNumber() -> Int {
    nextNumber += 1
    return nextNumber
  }

  /// - Parameters:
  ///   - forRoom: the call needs a place on a connection that is there.
  ///   - again: it was woken for a place that another call then took; it stays the oldest.
  mutating func add(
    _ number: Int, _ continuation: CheckedContinuation<Void, Never>, forRoom: Bool, again: Bool
  ) {
    waiting[number] = continuation
    if !forRoom { return }
    if again { self.forRoom.prepend(number) } else { self.forRoom.append(number) }
  }

  mutating func remove(_ number: Int) -> CheckedContinuation<Void, Never>? {
    waiting.removeValue(forKey: number)
  }

  /// The call that has waited longest for a place.
  mutating func removeFirstForRoom() -> CheckedContinuation<Void, Never>? {
    while let number = forRoom.popFirst() {
      if let continuation = waiting.removeValue(forKey: number) { return continuation }
    }
    return nil
  }

  mutating func removeAll() -> [CheckedContinuation<Void, Never>] {
    defer {
      waiting.removeAll()
      forRoom.removeAll()
    }
    return waiting.sorted { $0.key < $1.key }.map(\.value)
  }
}
