extension Channel {
  /// Whether calls are possible now.
  public var connectivity: ConnectivityState { core.connectivity }

  /// The states of the channel, beginning with the present one. A reader that is slow sees the newest only. Ends
  /// when the channel is shut down.
  public func connectivityChanges() -> AsyncStream<ConnectivityState> { core.connectivityChanges() }

  /// Begins to connect when the channel rests.
  public func connect() { core.wake() }
}

extension ChannelCore {
  var connectivity: ConnectivityState { state.withLock { connectivity($0) } }

  func connectivityChanges() -> AsyncStream<ConnectivityState> {
    let (stream, continuation) = AsyncStream.makeStream(
      of: ConnectivityState.self, bufferingPolicy: .bufferingNewest(1))
    let (number, current) = state.withLock { state -> (Int?, ConnectivityState) in
      let current = connectivity(state)
      if state.isShutDown { return (nil, current) }
      state.observers.last = current
      return (state.observers.add(continuation), current)
    }
    continuation.yield(current)
    guard let number else {
      continuation.finish()
      return stream
    }
    continuation.onTermination = { _ in self.state.withLock { $0.observers.remove(number) } }
    return stream
  }

  /// Tells observers of a change. In order, because the state is read where it is told; and under a lock of its
  /// own, because the end of an observer takes the other one.
  func tellObservers() {
    telling.withLock { _ in
      typealias Observers = [AsyncStream<ConnectivityState>.Continuation]
      let (current, observers) = state.withLock { state -> (ConnectivityState, Observers) in
        let current = connectivity(state)
        if state.observers.last == current { return (current, []) }
        state.observers.last = current
        return (current, Array(state.observers.all.values))
      }
      for observer in observers { observer.yield(current) }
    }
  }

  /// Whether calls are possible, in one word.
  func connectivity(_ state: borrowing State) -> ConnectivityState {
    if state.isShutDown { return .shutdown }
    if state.isIdle { return .idle }
    if !state.isResolved { return state.resolverError == nil ? .connecting : .transientFailure }
    let statuses = state.subchannels.values.map(\.status)
    if statuses.contains(where: \.isReady) { return .ready }
    if statuses.contains(where: \.isConnecting) { return .connecting }
    if statuses.contains(where: \.isIdle) { return .idle }
    return .transientFailure
  }
}
