/// Those who watch a channel's connectivity.
struct StateObservers {
  private(set) var all: [Int: AsyncStream<ConnectivityState>.Continuation] = [:]
  private var nextNumber = 0
  /// What they were told last.
  var last = ConnectivityState.idle

  /// - Returns: a number to take the observer away with.
  mutating func add(_ observer: AsyncStream<ConnectivityState>.Continuation) -> Int {
    nextNumber += 1
    all[nextNumber] = observer
    return nextNumber
  }

  mutating func remove(_ number: Int) {
    all[number] = nil
  }

  mutating func removeAll() -> [AsyncStream<ConnectivityState>.Continuation] {
    defer { all.removeAll() }
    return Array(all.values)
  }
}
