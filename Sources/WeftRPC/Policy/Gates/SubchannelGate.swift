import WeftHTTP2

/// Decides whether a subchannel may be given calls now, from what becomes of its calls and what it says of
/// its health: circuit breaker, cap on calls in flight, outlier detection, health checking.
///
/// A subchannel has none unless one of these is configured. All methods may be called on any thread, and
/// never with a lock held that the channel's `gateChanged` takes.
protocol SubchannelGate: AnyObject, Sendable {
  /// Whether the picker may choose the subchannel now. Read with every pick, so it is cheap.
  var admits: Bool { get }

  /// Why the subchannel is not admitted, for the call that finds no other; nil when it is.
  var refusal: GateRefusal? { get }

  /// Takes a place for one call. Every call that got one gives it back with ``ended(_:)``.
  ///
  /// - Returns: false when there is none after all, because another call was faster: pick again.
  func began() -> Bool

  /// The call is over.
  ///
  /// - Parameter failure: nil when its status was OK.
  func ended(_ failure: CallFailure?)

  /// The subchannel has a connection, the first or a further one. It may have ended since.
  func connected(_ connection: HTTP2ClientConnection)

  /// A connection takes no more calls, or was dropped.
  func lost(_ connection: HTTP2ClientConnection)

  /// The subchannel was shut down: nothing is told any more.
  func removed()
}

/// Why a gate admits no call.
struct GateRefusal: Sendable, Hashable {
  /// It is not known yet: calls wait, as they do for a connection. Otherwise they fail with UNAVAILABLE,
  /// unless they wait for ready.
  var isPending: Bool
  /// It is over as soon as one of the calls ends that run there: no reason to leave the backend for good.
  var isBrief = false
  /// For people, without the address.
  var reason: String
}
