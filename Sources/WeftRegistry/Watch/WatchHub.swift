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

  /// What somebody waits for.
  enum Topic: Sendable, Hashable {
    /// Instances of one service, or of all.
    case watch(String?)
    case scope(Scope)
    /// The end of the registry only.
    case closing
  }

  typealias Waiter = CheckedContinuation<Wake, Never>

  private var waiters: [Topic: [UInt64: Waiter]] = [:]
  /// Prefixes of keys that are waited for: each change of a key is compared with them.
  private var prefixes: Set<String> = []
  private(set) var waiting = 0

  mutating func add(_ id: UInt64, topic: Topic, _ waiter: Waiter) {
    waiting += 1
    waiters[topic, default: [:]][id] = waiter
    if case .scope(.kvPrefix(let prefix)) = topic { prefixes.insert(prefix) }
  }

  mutating func remove(_ id: UInt64, topic: Topic) -> Waiter? {
    guard let waiter = waiters[topic]?.removeValue(forKey: id) else { return nil }
    if waiters[topic]?.isEmpty == true { forget(topic) }
    waiting -= 1
    return waiter
  }

  /// Takes out those who care about what was touched, to be woken outside the lock.
  mutating func take(for touched: Set<Scope>) -> [Waiter] {
    guard !touched.isEmpty, waiting > 0 else { return [] }
    var taken: [Waiter] = []
    var hasInstances = false
    for scope in touched {
      take(.scope(scope), into: &taken)
      switch scope {
      case .service(let name):
        hasInstances = true
        take(.watch(name), into: &taken)
      case .kvKey(let key):
        guard !prefixes.isEmpty else { break }
        // By bytes, as the keys are told apart: to Swift, "é" in two pieces does not begin with "e".
        let name = KeyName(key)
        for prefix in prefixes where name.hasPrefix(KeyName(prefix)) {
          take(.scope(.kvPrefix(prefix)), into: &taken)
        }
      default: break
      }
    }
    if hasInstances { take(.watch(nil), into: &taken) }
    waiting -= taken.count
    return taken
  }

  /// Takes out those who watch instances.
  mutating func takeWatchers() -> [Waiter] {
    var taken: [Waiter] = []
    for topic in waiters.keys {
      if case .watch = topic { take(topic, into: &taken) }
    }
    waiting -= taken.count
    return taken
  }

  mutating func takeAll() -> [Waiter] {
    let taken = waiters.values.flatMap(\.values)
    self = WatchHub()
    return taken
  }

  private mutating func take(_ topic: Topic, into taken: inout [Waiter]) {
    guard let found = waiters[topic] else { return }
    taken += found.values
    forget(topic)
  }

  private mutating func forget(_ topic: Topic) {
    waiters[topic] = nil
    if case .scope(.kvPrefix(let prefix)) = topic { prefixes.remove(prefix) }
  }
}
