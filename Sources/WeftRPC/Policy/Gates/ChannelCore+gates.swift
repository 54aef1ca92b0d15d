extension ChannelCore {
  /// Whether there are connections that a circuit breaker or the like keeps calls away from.
  var isRefusedByGates: Bool {
    state.withLock { Array($0.subchannels.values) }.contains { subchannel in
      subchannel.status.isReady && subchannel.gate?.refusal?.isPending == false
    }
  }
}
