import Logging
import Synchronization

/// A live copy of the whole catalogue, which outlives the registry's absence.
///
/// It watches from the last revision it has, so that nothing is lost or seen twice when the connection or the
/// registry comes back, and it keeps the last known instances until then. A registry that comes back without
/// its data empties nothing at once: see ``CarriedInstances``.
public final class Catalogue: Sendable {
  struct State: Sendable {
    var replica = CatalogueReplica()
    var carried = CarriedInstances()
    /// Replica and carried instances together; what the world sees.
    var published = CatalogueSnapshot()
    var isSynchronised = false
    var lastSubscriber: UInt64 = 0
    var subscribers: [UInt64: AsyncStream<CatalogueSnapshot>.Continuation] = [:]
  }

  let client: any RegistryAccess
  let clock: any MonotonicClock
  let logger: Logger
  let state = Mutex(State())
  /// Says that carried instances have come, which will have to go at some time.
  let carrying: (signals: AsyncStream<Void>, signal: AsyncStream<Void>.Continuation)

  /// A registry tells each watch every 15 s that it lives; three times that without a word, and the
  /// connection is taken for dead.
  static let silenceLimit: Duration = .seconds(45)

  public init(client: any RegistryAccess, clock: any MonotonicClock = SystemClock(), logger: Logger) {
    self.client = client
    self.clock = clock
    self.logger = logger
    let (signals, signal) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    carrying = (signals, signal)
  }

  /// What is known now; empty before the first answer of a registry.
  public var current: CatalogueSnapshot { state.withLock { $0.published } }

  /// Whether a registry has answered at least once.
  public var isSynchronised: Bool { state.withLock { $0.isSynchronised } }

  /// The catalogue as it is, once it is known, and then as it becomes. Who is slow misses steps in between,
  /// but never the newest.
  public func snapshots() -> AsyncStream<CatalogueSnapshot> {
    let (stream, continuation) = AsyncStream.makeStream(
      of: CatalogueSnapshot.self, bufferingPolicy: .bufferingNewest(1))
    let id = state.withLock { state in
      state.lastSubscriber += 1
      state.subscribers[state.lastSubscriber] = continuation
      if state.isSynchronised { continuation.yield(state.published) }
      return state.lastSubscriber
    }
    continuation.onTermination = { [weak self] _ in
      self?.state.withLock { _ = $0.subscribers.removeValue(forKey: id) }
    }
    return stream
  }

  /// Returns once a registry has answered, or when the task is cancelled.
  public func waitUntilSynchronised() async {
    for await _ in snapshots() { return }
  }

  // MARK: Taking in

  /// Takes in one message of the watch. After a fault the next watch begins with a snapshot.
  func receive(_ update: WatchUpdate) throws(CatalogueReplica.Fault) {
    let now = clock.now
    let result = state.withLock { state -> Result<Bool, CatalogueReplica.Fault> in
      do throws(CatalogueReplica.Fault) {
        try state.receive(update, now: now)
        return .success(!state.carried.isEmpty)
      } catch {
        state.replica.distrust()
        return .failure(error)
      }
    }
    if try result.get() { carrying.signal.yield() }
  }

  func prune() {
    let now = clock.now
    state.withLock { state in
      if state.carried.prune(now: now) { state.publish() }
    }
  }
}

extension Catalogue.State {
  fileprivate mutating func receive(
    _ update: WatchUpdate, now: Duration
  ) throws(CatalogueReplica.Fault) {
    let before = replica
    let isChanged = try replica.apply(update)
    let isNewHistory = !before.position.history.isEmpty && before.position.history != replica.position.history
    if isNewHistory { carried.carry(before.services, now: now) }
    if !carried.isEmpty { settle(update) }
    if isChanged || !isSynchronised, replica.position != .start {
      isSynchronised = true
      publish()
    } else {
      published.revision = replica.position.revision
    }
  }

  private mutating func settle(_ update: WatchUpdate) {
    for change in update.changes { carried.settle(change.key) }
    guard update.snapshot != nil else { return }
    for instance in replica.services.values.joined() { carried.settle(instance.key) }
  }

  fileprivate mutating func publish() {
    published = CatalogueSnapshot(
      revision: replica.position.revision, services: carried.merged(into: replica.services))
    for subscriber in subscribers.values { subscriber.yield(published) }
  }
}
