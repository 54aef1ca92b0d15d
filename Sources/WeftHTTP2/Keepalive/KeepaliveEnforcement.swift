import NIOCore

/// How often clients may send PING (gRFC A8). One that asks too often hears GOAWAY `ENHANCE_YOUR_CALM` with
/// the text `too_many_pings`, and its connection is closed.
public struct KeepaliveEnforcement: Sendable, Hashable {
  /// Time that must lie between two PINGs when nothing was sent to the client meanwhile.
  public var minInterval: TimeAmount
  /// Whether that holds without open streams, too. Otherwise a client without any may ask every two hours.
  public var permitWithoutCalls: Bool
  /// PINGs that came too early, one after another, and were let pass.
  public var toleratedStrikes: Int

  public init(
    minInterval: TimeAmount = .minutes(5), permitWithoutCalls: Bool = false, toleratedStrikes: Int = 2
  ) {
    self.minInterval = minInterval
    self.permitWithoutCalls = permitWithoutCalls
    self.toleratedStrikes = toleratedStrikes
  }

  /// The text of the GOAWAY.
  public static let tooManyPings = "too_many_pings"
}
