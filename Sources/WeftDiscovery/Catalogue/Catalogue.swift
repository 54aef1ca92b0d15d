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
  /// Held while subscribers are told, so that they are told in order.
  ///
  /// Not ``state``: to resume a subscriber takes its task's lock, and whoever cancels that task holds the task's
  /// lock while it unsubscribes, which takes ``state``.
  private let telling = Mutex(())
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
    var fault: CatalogueReplica.Fault?
    var isCarrying = false
    changeAndTell { state in
      defer { isCarrying = !state.carried.isEmpty }
      do throws(CatalogueReplica.Fault) {
        return try state.receive(update, now: now)
      } catch {
        state.replica.distrust()
        fault = error
        return false
      }
    }
    if let fault { throw fault }
    if isCarrying { carrying.signal.yield() }
  }

  func prune() {
    let now = clock.now
    changeAndTell { state in
      guard state.carried.prune(now: now) else { return false }
      state.publish()
      return true
    }
  }

  /// Tells subscribers the newest state when `change` says that there is one.
  private func changeAndTell(_ change: (inout State) -> Bool) {
    telling.withLock { _ in
      let (snapshot, subscribers) = state.withLock { state in
        change(&state) ? (state.published, Array(state.subscribers.values)) : (state.published, [])
      }
      for subscriber in subscribers { subscriber.yield(snapshot) }
    }
  }
}

extension Catalogue.State {
  /// Returns whether there is something new to tell.
  fileprivate mutating func receive(
    _ update: WatchUpdate, now: Duration
  ) throws(CatalogueReplica.Fault) -> Bool {
    let before = replica
    let isChanged = try replica.apply(update)
    let isNewHistory = !before.position.history.isEmpty && before.position.history != replica.position.history
    if isNewHistory { carried.carry(before.services, now: now) }
    if !carried.isEmpty { settle(update) }
    guard isChanged || !isSynchronised, replica.position != .start else {
      published.revision = replica.position.revision
      return false
    }
    isSynchronised = true
    publish()
    return true
  }

  private mutating func settle(_ update: WatchUpdate) {
    for change in update.changes { carried.settle(change.key) }
    guard update.snapshot != nil else { return }
    for instance in replica.services.values.joined() { carried.settle(instance.key) }
  }

  fileprivate mutating func publish() {
    published = CatalogueSnapshot(
      revision: replica.position.revision, services: carried.merged(into: replica.services))
  }
}
