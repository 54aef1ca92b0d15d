import WeftHTTP2

/// What a call asks of a channel's addresses.
struct PickRequest: Sendable {
  /// Subchannels that failed this call before; chosen only when there is no other.
  var avoiding: [Subchannel] = []
  var waitForReady = false
  var deadline: ContinuousClock.Instant?
  /// What a ring hash chooses by; nil takes any place on the ring.
  var hash: UInt64?

  func avoids(_ subchannel: Subchannel) -> Bool {
    !avoiding.isEmpty && avoiding.contains { $0 === subchannel }
  }
}

/// A place for one call on a connection. It must be given back, once.
struct Pick: Sendable {
  let pooled: PooledConnection

  var subchannel: Subchannel { pooled.subchannel }
  var connection: HTTP2ClientConnection { pooled.connection }

  /// The call is over, or was never begun.
  ///
  /// - Parameter failure: nil when its status was OK.
  func ended(_ failure: CallFailure?) {
    pooled.release()
    subchannel.ended(isOK: failure == nil)
    subchannel.gate?.ended(failure)
  }
}
