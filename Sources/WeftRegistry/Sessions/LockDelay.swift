/// Nobody can lock a key for a while, because the session that held it ended without giving it back.
///
/// It is stored with the end of the session, so that a registry that is killed does not forget it.
public struct LockDelay: Sendable, Hashable {
  public var key: String
  public var duration: Duration
  /// When it is over by the clock on the wall, since 1970: what counts after a restart.
  public var until: Duration

  public init(key: String, duration: Duration, until: Duration) {
    self.key = key
    self.duration = duration
    self.until = until
  }
}
