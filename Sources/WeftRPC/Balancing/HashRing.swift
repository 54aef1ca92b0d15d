/// Places addresses on a ring by their hashes, each as often as its weight says (gRFC A42).
///
/// A key belongs to the first address at or after its own hash. When an address comes or goes, most keys of the
/// others stay.
struct HashRing: Sendable {
  fileprivate struct Place: Sendable {
    var hash: UInt64
    var index: Int32
  }

  private let places: [Place]

  var count: Int { places.count }

  /// - Parameters:
  ///   - keys: what places each address.
  ///   - weights: as many; those under 1 count as 1.
  ///   - sizes: how many places there are in all, at least and at most.
  init(keys: [String], weights: [Int], sizes: ClosedRange<Int>) {
    let weights = weights.map { Double(max($0, 1)) }
    let total = weights.reduce(0, +)
    guard let least = weights.min(), total > 0 else {
      places = []
      return
    }
    // The lightest address has a whole number of places, and the ring at least the smallest size.
    let lightest = least / total
    let scale = min((lightest * Double(sizes.lowerBound)).rounded(.up) / lightest, Double(sizes.upperBound))
    var places: [Place] = []
    places.reserveCapacity(Int(scale.rounded(.up)))
    var wanted = 0.0
    for (index, (key, weight)) in zip(keys, weights).enumerated() {
      wanted += scale * weight / total
      var number = 0
      while Double(places.count) < wanted, places.count < sizes.upperBound {
        places.append(Place(hash: XXHash64.hash("\(key)_\(number)"), index: Int32(index)))
        number += 1
      }
    }
    self.places = places.sorted { ($0.hash, $0.index) < ($1.hash, $1.index) }
  }

  /// The addresses in the order in which a key is offered to them, each once.
  func walk(from hash: UInt64) -> Walk { Walk(places: places, start: start(hash)) }

  private func start(_ hash: UInt64) -> Int {
    var low = 0
    var high = places.count
    while low < high {
      let middle = low + (high - low) / 2
      if places[middle].hash < hash { low = middle + 1 } else { high = middle }
    }
    return low
  }

  struct Walk: Sequence, IteratorProtocol {
    private let places: [Place]
    private let start: Int
    private var steps = 0
    private var seen: Set<Int> = []

    fileprivate init(places: [Place], start: Int) {
      self.places = places
      self.start = start
    }

    mutating func next() -> Int? {
      while steps < places.count {
        let index = Int(places[(start + steps) % places.count].index)
        steps += 1
        if seen.insert(index).inserted { return index }
      }
      return nil
    }
  }
}
