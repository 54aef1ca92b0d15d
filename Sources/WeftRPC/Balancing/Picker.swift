/// Chooses a subchannel for each call. Made anew whenever an address gets or loses its connection.
final class Picker: Sendable {
  /// What became of a pick.
  enum Outcome: Sendable {
    case pick(Pick)
    /// Every connection has as many calls as its server allows; these could have more connections.
    case full([Subchannel])
    /// These have connections, but their gates admit no call.
    case refused([Subchannel])
    /// This one must be connected first, which is being done unless it rests.
    case connect(Subchannel)
    /// No address has a connection.
    case none
  }

  private enum Order: Sendable {
    case turns
    case weighted(StrideSchedule)
    case leastRequest(choices: Int)
    case ring(HashRing)
  }

  /// Those that have a connection; for a ring, all.
  private let candidates: [Subchannel]
  private let order: Order

  static let empty = Picker(candidates: [], order: .turns)

  private init(candidates: [Subchannel], order: Order) {
    self.candidates = candidates
    self.order = order
  }

  /// - Parameters:
  ///   - ready: subchannels that have a connection.
  ///   - weights: as many, for policies that ask for them.
  init(ready: [Subchannel], weights: [Int], policy: LoadBalancingPolicy) {
    candidates = ready
    switch policy {
    case .weightedRoundRobin where Set(weights).count > 1:
      order = .weighted(StrideSchedule(weights))
    case .leastRequest(let choices): order = .leastRequest(choices: max(choices, 2))
    default: order = .turns
    }
  }

  /// - Parameter all: the subchannels that `ring` tells by index, connected or not.
  init(ring: HashRing, of all: [Subchannel]) {
    candidates = all
    order = .ring(ring)
  }

  /// - Parameter nextTurn: counts up with every call.
  func pick(_ request: PickRequest, _ nextTurn: () -> Int) -> Outcome {
    if case .ring(let ring) = order { return pick(request, on: ring) }
    guard let index = choose(nextTurn), candidates.indices.contains(index) else { return .none }
    let subchannel = candidates[index]
    if subchannel.admits, !request.avoids(subchannel), let pick = subchannel.acquire() { return .pick(pick) }
    return pickAnother(request, from: index)
  }

  /// Whether some connection has a place for a call.
  var hasRoom: Bool { candidates.contains { $0.admits && $0.hasRoom } }

  private func choose(_ nextTurn: () -> Int) -> Int? {
    let count = candidates.count
    if count < 2 { return count - 1 }
    switch order {
    case .weighted(let schedule): return schedule.pick(nextTurn)
    case .leastRequest(let choices):
      var best = Int.random(in: 0..<count)
      var calls = candidates[best].callCount
      for _ in 1..<choices {
        // Another one, so that of two the less busy is chosen always.
        let other = (best + Int.random(in: 1..<count)) % count
        let itsCalls = candidates[other].callCount
        if itsCalls < calls { (best, calls) = (other, itsCalls) }
      }
      return best
    default: return nextTurn() % count
    }
  }

  /// The chosen one is full, refused, or failed this call before.
  private func pickAnother(_ request: PickRequest, from start: Int) -> Outcome {
    var full: [Subchannel] = []
    var refused: [Subchannel] = []
    for isAvoided in [false, true] {
      for offset in candidates.indices {
        let subchannel = candidates[(start + offset) % candidates.count]
        if request.avoids(subchannel) != isAvoided { continue }
        if !subchannel.admits {
          refused.append(subchannel)
        } else if let pick = subchannel.acquire() {
          return .pick(pick)
        } else if subchannel.admits {
          full.append(subchannel)
        } else {
          // Another call took the last place that its gate had.
          refused.append(subchannel)
        }
      }
      // Waiting for a place is better than to fail where the call failed before.
      if !full.isEmpty { return .full(full) }
    }
    return refused.isEmpty ? .none : .refused(refused)
  }

  private func pick(_ request: PickRequest, on ring: HashRing) -> Outcome {
    var refused: [Subchannel] = []
    let hash = request.hash ?? UInt64.random(in: 0...UInt64.max)
    for isAvoided in request.avoiding.isEmpty ? [false] : [false, true] {
      for index in ring.walk(from: hash) {
        guard candidates.indices.contains(index) else { continue }
        let subchannel = candidates[index]
        if request.avoids(subchannel) != isAvoided { continue }
        switch subchannel.status {
        case .failed: continue
        case .idle, .connecting: return .connect(subchannel)
        case .ready:
          if !subchannel.admits {
            refused.append(subchannel)
          } else if let pick = subchannel.acquire() {
            return .pick(pick)
          } else {
            return .full([subchannel])
          }
        }
      }
    }
    return refused.isEmpty ? .none : .refused(refused)
  }
}

extension Subchannel {
  var callCount: Int { inFlight.load(ordering: .relaxed) }
}
