import NIOCore
import Synchronization

/// The open connections of one server: counted against a limit, drained and closed together.
final class ServerConnections: Sendable {
  private struct State {
    var channels: [ObjectIdentifier: any Channel] = [:]
    var starts: [ObjectIdentifier: NIODeadline] = [:]
    var isDraining = false
    var drained: EventLoopPromise<Void>?
  }

  private let state = Mutex(State())
  private let limit: Int

  init(limit: Int) {
    self.limit = limit
  }

  var count: Int { state.withLock { $0.channels.count } }

  /// - Returns: false when the connection must be closed at once.
  func add(_ channel: any Channel) -> Bool {
    let isAdded = state.withLock { state in
      if state.isDraining || state.channels.count >= limit { return false }
      state.channels[ObjectIdentifier(channel)] = channel
      state.starts[ObjectIdentifier(channel)] = .now()
      return true
    }
    if isAdded {
      channel.closeFuture.whenComplete { _ in self.remove(ObjectIdentifier(channel)) }
    }
    return isAdded
  }

  /// The oldest first.
  func oldest(_ limit: Int) -> [(channel: any Channel, start: NIODeadline)] {
    let (channels, starts) = state.withLock { ($0.channels, $0.starts) }
    return starts.sorted { $0.value < $1.value }.prefix(limit).compactMap { id, start in
      channels[id].map { ($0, start) }
    }
  }

  private func remove(_ id: ObjectIdentifier) {
    let drained = state.withLock { state -> EventLoopPromise<Void>? in
      state.channels[id] = nil
      state.starts[id] = nil
      return state.isDraining && state.channels.isEmpty ? state.drained : nil
    }
    drained?.succeed()
  }

  /// Asks every connection to finish, waits until all have or `grace` is over, then closes the rest.
  func drain(grace: TimeAmount, on eventLoop: any EventLoop) async {
    let fresh = eventLoop.makePromise(of: Void.self)
    let (promise, isFirst, channels) = state.withLock { state in
      let isFirst = !state.isDraining
      let promise = state.drained ?? fresh
      state.isDraining = true
      state.drained = promise
      return (promise, isFirst, Array(state.channels.values))
    }
    if isFirst {
      for channel in channels { channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent()) }
    } else {
      // Handlers hear of it once; this call only waits, and may be the less patient one.
      fresh.succeed()
    }
    if channels.isEmpty { promise.succeed() }
    let timer = eventLoop.scheduleTask(in: grace) { self.closeAll() }
    try? await promise.futureResult.get()
    timer.cancel()
  }

  private func closeAll() {
    for channel in state.withLock({ Array($0.channels.values) }) { channel.close(promise: nil) }
  }
}
