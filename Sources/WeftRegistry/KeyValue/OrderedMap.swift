/// A dictionary that is in the order of its keys, cut into chunks, so that adding one of a million entries moves
/// some hundreds and not all.
struct OrderedMap<Key: Comparable, Value> {
  typealias Element = (key: Key, value: Value)

  /// Never an empty chunk.
  private var chunks: [[Element]] = []
  private(set) var count = 0
  private let chunkLimit: Int

  init(chunkLimit: Int = 256) {
    self.chunkLimit = chunkLimit
  }

  subscript(key: Key) -> Value? {
    let position = position(of: key)
    guard position.isFound else { return nil }
    return chunks[position.chunk][position.index].value
  }

  /// Returns what was there before.
  @discardableResult
  mutating func set(_ key: Key, to value: Value) -> Value? {
    let position = position(of: key)
    if position.isFound {
      defer { chunks[position.chunk][position.index].value = value }
      return chunks[position.chunk][position.index].value
    }
    count += 1
    guard position.chunk < chunks.count else {
      chunks.append([(key, value)])
      return nil
    }
    chunks[position.chunk].insert((key, value), at: position.index)
    if chunks[position.chunk].count > chunkLimit { split(position.chunk) }
    return nil
  }

  @discardableResult
  mutating func remove(_ key: Key) -> Value? {
    let position = position(of: key)
    guard position.isFound else { return nil }
    count -= 1
    let removed = chunks[position.chunk].remove(at: position.index)
    if chunks[position.chunk].isEmpty { chunks.remove(at: position.chunk) }
    return removed.value
  }

  /// Visits the entries from `key` on, in order, until `visit` says false.
  func forEach(from key: Key, _ visit: (Key, Value) -> Bool) {
    let start = position(of: key)
    var index = start.index
    for chunk in chunks.dropFirst(start.chunk) {
      while index < chunk.count {
        guard visit(chunk[index].key, chunk[index].value) else { return }
        index += 1
      }
      index = 0
    }
  }

  private mutating func split(_ chunk: Int) {
    let half = chunks[chunk].count / 2
    let tail = Array(chunks[chunk][half...])
    chunks[chunk].removeSubrange(half...)
    chunks.insert(tail, at: chunk + 1)
  }

  private struct Position {
    var chunk: Int
    var index: Int
    var isFound: Bool
  }

  /// Where the key is, or would go: in the last chunk that begins at or before it.
  private func position(of key: Key) -> Position {
    var low = 0
    var high = chunks.count
    while low < high {
      let middle = (low + high) / 2
      if chunks[middle][0].key <= key { low = middle + 1 } else { high = middle }
    }
    let number = max(low - 1, 0)
    guard number < chunks.count else { return Position(chunk: 0, index: 0, isFound: false) }
    (low, high) = (0, chunks[number].count)
    while low < high {
      let middle = (low + high) / 2
      if chunks[number][middle].key < key { low = middle + 1 } else { high = middle }
    }
    let isFound = low < chunks[number].count && chunks[number][low].key == key
    return Position(chunk: number, index: low, isFound: isFound)
  }
}

extension OrderedMap: Sendable where Key: Sendable, Value: Sendable {}

extension OrderedMap where Key == KeyName {
  /// Visits the entries whose names begin with `prefix`, in order.
  func forEach(prefix: KeyName, _ visit: (KeyName, Value) -> Void) {
    forEach(from: prefix) { name, value in
      guard name.hasPrefix(prefix) else { return false }
      visit(name, value)
      return true
    }
  }
}
