import Synchronization

/// Chooses a subchannel for each call.
struct Picker: Sendable {
  /// Subchannels that have a connection.
  let ready: [Subchannel]
  let policy: ChannelOptions.LoadBalancing
  /// Each index of `ready` as often as its weight says, for round-robin.
  private let turns: [Int]

  /// A weight counts up to this many turns of a round.
  private static let maxWeight = 64

  init(ready: [Subchannel], policy: ChannelOptions.LoadBalancing) {
    self.ready = ready
    self.policy = policy
    turns = Self.turns(ready.map { min(max($0.endpoint.weight, 1), Self.maxWeight) })
  }

  /// - Parameter avoiding: subchannels that failed this call before; chosen only when there is no other.
  func pick(turn: Int, avoiding: [Subchannel]) -> Subchannel? {
    let choice = pickAny(turn: turn)
    guard let choice, !avoiding.isEmpty, avoiding.contains(where: { $0 === choice }) else { return choice }
    return ready.first { candidate in !avoiding.contains { $0 === candidate } } ?? choice
  }

  private func pickAny(turn: Int) -> Subchannel? {
    switch policy {
    case .pickFirst: return ready.first
    case .roundRobin:
      if turns.isEmpty { return nil }
      let index = turns[turn % turns.count]
      return ready.indices.contains(index) ? ready[index] : nil
    case .leastRequest:
      guard let first = ready.indices.randomElement() else { return nil }
      if ready.count == 1 { return ready[first] }
      // Two different ones, so that of two the less busy is chosen always.
      let step = Int.random(in: 1..<ready.count)
      let (a, b) = (ready[first], ready[(first + step) % ready.count])
      return a.inFlight.load(ordering: .relaxed) <= b.inFlight.load(ordering: .relaxed) ? a : b
    }
  }

  /// Spreads the turns of each index evenly over the round (smooth weighted round-robin).
  static func turns(_ weights: [Int]) -> [Int] {
    let total = weights.reduce(0, +)
    var current = weights.map { _ in 0 }
    return (0..<total).map { _ in
      var best = 0
      for index in weights.indices {
        current[index] += weights[index]
        if current[index] > current[best] { best = index }
      }
      current[best] -= total
      return best
    }
  }
}
