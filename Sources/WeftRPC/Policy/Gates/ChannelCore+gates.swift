extension ChannelCore {
  /// A gate admits calls again, or refuses them for another reason: calls that wait look again. The picker
  /// stays as it is, because it asks the gates with every pick.
  func gateChanged() {
    let waiters = state.withLock { state in
      state.generation += 1
      return state.calls.removeAll()
    }
    for waiter in waiters { waiter.resume() }
  }

  /// Whether there are connections that a circuit breaker or the like keeps calls away from.
  var isRefusedByGates: Bool {
    state.withLock { Array($0.subchannels.values) }.contains { subchannel in
      subchannel.status.isReady && subchannel.gate?.refusal?.isPending == false
    }
  }
}
