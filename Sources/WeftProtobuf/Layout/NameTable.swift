/// A small hash table from names to numbers, looked up by bytes that are not a `String` yet.
struct NameTable {
  private struct Entry: BitwiseCopyable {
    var name: UnsafePointer<UInt8>?
    var length: Int32
    var value: Int32
  }

  private let entries: UnsafePointer<Entry>
  private let mask: Int

  func value(of name: UnsafeBufferPointer<UInt8>) -> Int32? {
    var slot = Self.hash(name) & mask
    while let candidate = entries[slot].name {
      if entries[slot].length == name.count, Self.equal(candidate, name) { return entries[slot].value }
      slot = (slot + 1) & mask
    }
    return nil
  }

  private static func equal(_ a: UnsafePointer<UInt8>, _ b: UnsafeBufferPointer<UInt8>) -> Bool {
    for index in 0..<b.count where a[index] != b[index] { return false }
    return true
  }

  /// FNV-1a. Names come from descriptors, so collisions cannot be provoked by those who send messages.
  private static func hash(_ name: UnsafeBufferPointer<UInt8>) -> Int {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in name { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    return Int(truncatingIfNeeded: hash ^ (hash >> 29))
  }

  struct Builder {
    private var names: [String: Int32] = [:]
    private var order: [String] = []

    /// The first value given for a name stays.
    mutating func add(_ name: String, value: Int32) {
      guard names[name] == nil else { return }
      names[name] = value
      order.append(name)
    }

    func build(in memory: TableMemory) -> NameTable {
      var capacity = 4
      while capacity < order.count * 2 { capacity *= 2 }
      let entries = memory.allocate(
        Entry.self, count: capacity, filledWith: Entry(name: nil, length: 0, value: 0))
      for name in order {
        let bytes = memory.bytes(name.utf8)
        var slot = NameTable.hash(bytes) & (capacity - 1)
        while entries[slot].name != nil { slot = (slot + 1) & (capacity - 1) }
        entries[slot] = Entry(name: bytes.baseAddress, length: Int32(bytes.count), value: names[name] ?? 0)
      }
      return NameTable(entries: UnsafePointer(entries), mask: capacity - 1)
    }
  }
}
