/// How a channel spreads calls over its addresses.
public enum LoadBalancingPolicy: Sendable, Hashable {
  /// The first address that can be reached, tried one after another with a head start each (RFC 8305). The
  /// others have no connection. A connection that ends is made again with the next call.
  ///
  /// - Parameter shuffles: whether each client tries the addresses in an order of its own.
  case pickFirst(shuffles: Bool = false)
  /// One address after another.
  case roundRobin
  /// One address after another, each as often as its ``Endpoint/weight`` says.
  case weightedRoundRobin
  /// - Parameter choices: how many addresses are drawn at random, of which the least busy is taken.
  case leastRequest(choices: Int = 2)
  /// Calls with the same key go to the same address for as long as it is there (gRFC A42). Addresses are
  /// connected when a call needs them.
  ///
  /// - Parameters:
  ///   - minRingSize: places on the ring in all, at least. More spread keys more evenly.
  ///   - maxRingSize: and at most; more than 4096 count as 4096.
  ///   - header: the metadata key whose values are a call's key, when ``CallOptions/hashKey`` is nil. Calls
  ///     without a key go to any address.
  case ringHash(minRingSize: Int = 1024, maxRingSize: Int = 4096, header: String = "")

  static let ringSizeCap = 4096

  /// Whether every address has a connection all the time.
  var connectsToAll: Bool {
    switch self {
    case .roundRobin, .weightedRoundRobin, .leastRequest: true
    case .pickFirst, .ringHash: false
    }
  }

  var isPickFirst: Bool { if case .pickFirst = self { true } else { false } }
}
