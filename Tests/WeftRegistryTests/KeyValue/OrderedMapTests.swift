import Testing

@testable import WeftRegistry

@Suite("A map in the order of its keys")
struct OrderedMapTests {
  @Test(
    "agrees with a sorted dictionary, whatever is set and removed", arguments: 1...4 as ClosedRange<UInt64>)
  func agrees(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    var map = OrderedMap<Int, Int>(chunkLimit: 4)
    var expected: [Int: Int] = [:]
    for _ in 0..<20_000 {
      let key = Int.random(in: 0..<200, using: &random)
      if random.oneIn(3) {
        #expect(map.remove(key) == expected.removeValue(forKey: key))
      } else {
        let value = Int.random(in: 0..<9, using: &random)
        #expect(map.set(key, to: value) == expected.updateValue(value, forKey: key))
      }
      #expect(map[key] == expected[key])
      #expect(map.count == expected.count)
      if random.oneIn(100) {
        let start = Int.random(in: -1...200, using: &random)
        var seen: [Int] = []
        map.forEach(from: start) { key, value in
          #expect(expected[key] == value)
          seen.append(key)
          return true
        }
        #expect(seen == expected.keys.filter { $0 >= start }.sorted())
      }
    }
  }

  @Test("visits only what begins with a prefix, and stops when told to")
  func prefix() {
    var map = OrderedMap<KeyName, Int>(chunkLimit: 2)
    for (index, key) in ["b", "a/", "a/x", "a", "a0", "a/x/y"].enumerated() {
      map.set(KeyName(key), to: index)
    }
    var seen: [String] = []
    map.forEach(prefix: KeyName("a/")) { name, _ in seen.append(name.text) }
    #expect(seen == ["a/", "a/x", "a/x/y"])
    seen = []
    map.forEach(from: KeyName("")) { name, _ in
      seen.append(name.text)
      return seen.count < 2
    }
    #expect(seen == ["a", "a/"])
  }
}

@Suite("Names of keys")
struct KeyNameTests {
  @Test("are compared by their bytes, not by how they look")
  func bytes() {
    let composed = "\u{E9}"
    let decomposed = "e\u{301}"
    #expect(composed == decomposed)
    #expect(KeyName(composed) != KeyName(decomposed))
    #expect(Set([KeyName(composed), KeyName(decomposed)]).count == 2)
    #expect(KeyName("Z") < KeyName("a"))
    #expect(KeyName("a") < KeyName("a\u{0}"))
    #expect(!KeyName(decomposed).hasPrefix(KeyName(composed)))
    #expect(KeyName(decomposed).hasPrefix(KeyName("e")))
    #expect(KeyName("a").hasPrefix(KeyName("")))
    #expect(!KeyName("a").hasPrefix(KeyName("ab")))
  }
}
