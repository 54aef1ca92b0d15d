/// Makes the gates of one channel's subchannels. Nil when nothing is configured that needs one.
final class SubchannelGates: Sendable {
  init?(_ options: ChannelOptions) {
    return nil
  }

  /// - Parameter onChange: the gate begins to admit calls, or its ``SubchannelGate/refusal`` is another: calls
  ///   that wait for a subchannel should look again. The picker reads ``SubchannelGate/admits`` with every pick
  ///   and need not be made anew.
  func gate(for endpoint: Endpoint, onChange: @escaping @Sendable () -> Void) -> (any SubchannelGate)? {
    nil
  }
}
