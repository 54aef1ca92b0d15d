import WeftDiscovery

/// The watchers that are up to date and wait for more.
///
/// It holds no changes, only who to wake. A watcher of one service sleeps through the changes of others.
struct WatchHub: Sendable {
  enum Wake: Sendable {
    case changed
    /// Nothing happened for a while; tell the receiver that the watch lives.
    case idle
    case closed
  }

  typealias Waiter = CheckedContinuation<Wake, Never>

  private var everything: [UInt64: Waiter] = [:]
  private var byService: [String: [UInt64: Waiter]] = [:]
  private(set) var waiting = 0

  mutating func add(_ id: UInt64, service: String?, _ waiter: Waiter) {
    waiting += 1
    if let service {
      byService[service, default: [:]][id] = waiter
    } else {
      everything[id] = waiter
    }
  }

  mutating func remove(_ id: UInt64, service: String?) -> Waiter? {
    let waiter: Waiter?
    if let service {
      waiter = byService[service]?.removeValue(forKey: id)
      if byService[service]?.isEmpty == true { byService[service] = nil }
    } else {
      waiter = everything.removeValue(forKey: id)
    }
    if waiter != nil { waiting -= 1 }
    return waiter
  }

  /// Takes out those who care about these changes, to be woken outside the lock.
  mutating func take(for changes: [LoggedChange]) -> [Waiter] {
    guard !changes.isEmpty, waiting > 0 else { return [] }
    var taken = Array(everything.values)
    everything = [:]
    if !byService.isEmpty {
      for service in Set(changes.map(\.key.service)) {
        taken += (byService.removeValue(forKey: service) ?? [:]).values
      }
    }
    waiting -= taken.count
    return taken
  }

  mutating func takeAll() -> [Waiter] {
    let taken = Array(everything.values) + byService.values.flatMap(\.values)
    self = WatchHub()
    return taken
  }
}
