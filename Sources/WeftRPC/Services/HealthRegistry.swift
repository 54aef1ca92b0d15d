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
    var watchers: [Int: (service: String, continuation: AsyncStream<Status>.Continuation)] = [:]
    var nextWatcher = 0
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

  public func set(_ status: Status, for service: String) {
    let told = state.withLock { state -> [AsyncStream<Status>.Continuation] in
      if state.statuses[service] == status { return [] }
      state.statuses[service] = status
      return state.watchers.values.filter { $0.service == service }.map(\.continuation)
    }
    for continuation in told { continuation.yield(status) }
  }

  public func setAll(_ status: Status) {
    for service in state.withLock({ Array($0.statuses.keys) }) { set(status, for: service) }
  }

  /// The status now, then each change. A slow reader sees the newest only.
  func watch(_ service: String) -> AsyncStream<Status> {
    let (stream, continuation) = AsyncStream.makeStream(of: Status.self, bufferingPolicy: .bufferingNewest(1))
    // Before the watcher is known, so that no newer status can come first, and outside the lock, which
    // `onTermination` takes as well.
    var told = status(of: service) ?? .serviceUnknown
    continuation.yield(told)
    let (id, now) = state.withLock { state in
      let id = state.nextWatcher
      state.nextWatcher += 1
      state.watchers[id] = (service, continuation)
      return (id, state.statuses[service] ?? .serviceUnknown)
    }
    if now != told {
      told = now
      continuation.yield(told)
    }
    continuation.onTermination = { [weak self] _ in
      self?.state.withLock { $0.watchers[id] = nil }
    }
    return stream
  }
}
