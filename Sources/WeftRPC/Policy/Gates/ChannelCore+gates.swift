extension ChannelCore {
  /// A gate admits calls again, or refuses them for another reason: calls that wait look again. The picker
  /// stays as it is, because it asks the gates with every pick; unless it has one address only, and may now leave it
  /// or come back to it.
  func gateChanged() {
    if balancing.isPickFirst { return update() }
    let waiters = state.withLock { state in
      state.generation += 1
      return state.calls.removeAll()
    }
    for waiter in waiters { waiter.resume() }
  }

  /// The addresses that pick-first does not stay with. Asks the gates: not while the state is locked.
  var refusedForPickFirst: Set<Int> {
    guard gates != nil, balancing.isPickFirst else { return [] }
    return Set(subchannels.filter(\.isRefusedForGood).map(\.id))
  }

  /// Whether there are connections that a circuit breaker or the like keeps calls away from.
  var isRefusedByGates: Bool {
    state.withLock { Array($0.subchannels.values) }.contains { subchannel in
      subchannel.status.isReady && subchannel.gate?.refusal?.isPending == false
    }
  }
}

extension Subchannel {
  /// Whether its gate keeps calls away, and not only because so many run already.
  var isRefusedForGood: Bool {
    guard let refusal = gate?.refusal else { return false }
    return !refusal.isPending && !refusal.isBrief
  }
}
