import Synchronization

/// The state of each service of a server, as `grpc.health.v1` tells it.
public final class HealthRegistry: Sendable {
  public enum Status: Int, Sendable {
    case unknown = 0
    case serving = 1
    case notServing = 2
    /// Told only to watchers of a service that the server does not have.
    case serviceUnknown = 3
  }

  private struct State {
    var statuses: [String: Status]
    var watchers: [Int: (service: String, changes: AsyncStream<Void>.Continuation)] = [:]
    var nextWatcher = 0
    var isShutDown = false
  }

  private let state: Mutex<State>

  /// Every service serves at first. The empty name is the server as a whole.
  init(services: [String]) {
    var statuses: [String: Status] = ["": .serving]
    for service in services { statuses[service] = .serving }
    state = Mutex(State(statuses: statuses))
  }

  /// - Returns: nil when the server has no such service.
  public func status(of service: String) -> Status? {
    state.withLock { $0.statuses[service] }
  }

  /// Every service with its status.
  var statuses: [String: Status] { state.withLock { $0.statuses } }

  /// Without effect once the server is being shut down.
  public func set(_ status: Status, for service: String) {
    let told = state.withLock { state -> [AsyncStream<Void>.Continuation] in
      if state.isShutDown || state.statuses[service] == status { return [] }
      state.statuses[service] = status
      return state.watchers.values.filter { $0.service == service }.map(\.changes)
    }
    for changes in told { changes.yield() }
  }

  public func setAll(_ status: Status) {
    for service in statuses.keys { set(status, for: service) }
  }

  /// No service serves any more. Watchers hear that, and end: a drain would wait for them in vain.
  func shutdown() {
    setAll(.notServing)
    let watchers = state.withLock { state in
      state.isShutDown = true
      defer { state.watchers.removeAll() }
      return state.watchers.values.map(\.changes)
    }
    for changes in watchers { changes.finish() }
  }

  /// Gives an element at once and after each change of a service's status, which then is to be asked for: two
  /// changes at a time might be told in the wrong order. Ends when the server is shut down.
  func changes(of service: String) -> AsyncStream<Void> {
    let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    let id = state.withLock { state -> Int? in
      if state.isShutDown { return nil }
      state.nextWatcher += 1
      state.watchers[state.nextWatcher] = (service, continuation)
      return state.nextWatcher
    }
    // Outside the lock, which `onTermination` takes as well.
    continuation.yield()
    guard let id else {
      continuation.finish()
      return stream
    }
    continuation.onTermination = { [weak self] _ in
      self?.state.withLock { $0.watchers[id] = nil }
    }
    return stream
  }

  /// Those who watch now.
  var watcherCount: Int { state.withLock { $0.watchers.count } }
}
