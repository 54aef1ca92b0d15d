import NIOCore

/// When to ask a silent peer whether it is still there (PING; gRFC A8 and A9).
///
/// Without it a peer whose network is gone is noticed by deadlines and by TCP only.
public struct KeepaliveOptions: Sendable, Hashable {
  /// A PING leaves when not a byte came for this long, or up to a quarter of it longer. Servers may send
  /// clients away that ask more often than they allow (``KeepaliveEnforcement``).
  public var time: TimeAmount
  /// Without a byte for this long after a PING, the connection is closed and its streams fail.
  public var timeout: TimeAmount
  /// Whether a connection without an open stream is asked as well.
  public var permitWithoutCalls: Bool

  public init(time: TimeAmount, timeout: TimeAmount = .seconds(20), permitWithoutCalls: Bool = false) {
    self.time = time
    self.timeout = timeout
    self.permitWithoutCalls = permitWithoutCalls
  }

  /// What gRPC's servers do: after two hours, also without calls.
  public static let server = KeepaliveOptions(time: .hours(2), permitWithoutCalls: true)
}
