import NIOCore
import Synchronization

/// The open TCP connections: counted against the limits, closed together.
final class DNSConnections: Sendable {
  private struct State {
    var channels: [ObjectIdentifier: any Channel] = [:]
    var sources: [DNSSource: Int] = [:]
    var isClosed = false
  }

  private let state = Mutex(State())
  private let limits: DNSServerLimits
  private let metrics: DNSMetrics

  init(limits: DNSServerLimits, metrics: DNSMetrics) {
    self.limits = limits
    self.metrics = metrics
  }

  /// - Returns: false when the connection must be closed at once.
  func add(_ channel: any Channel) -> Bool {
    let source = DNSSource(channel.remoteAddress)
    let isAdded = state.withLock { state in
      let ofSource = state.sources[source, default: 0]
      guard !state.isClosed, state.channels.count < limits.connections, ofSource < limits.connectionsPerSource
      else { return false }
      state.channels[ObjectIdentifier(channel)] = channel
      state.sources[source] = ofSource + 1
      return true
    }
    guard isAdded else {
      metrics.refusedConnections.add()
      return false
    }
    metrics.connections.add(1)
    channel.closeFuture.whenComplete { [id = ObjectIdentifier(channel)] _ in self.remove(id, of: source) }
    return true
  }

  private func remove(_ id: ObjectIdentifier, of source: DNSSource) {
    metrics.connections.add(-1)
    state.withLock { state in
      state.channels[id] = nil
      let rest = state.sources[source, default: 1] - 1
      state.sources[source] = rest > 0 ? rest : nil
    }
  }

  /// Takes no more, and closes those that are open.
  func closeAll() async {
    let channels = state.withLock { state in
      state.isClosed = true
      return Array(state.channels.values)
    }
    for channel in channels { channel.close(promise: nil) }
    for channel in channels { try? await channel.closeFuture.get() }
  }
}
