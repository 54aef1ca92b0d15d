/// A client that holds locks, for as long as it gives signs of life or its checks pass.
public struct Session: Sendable, Hashable {
  /// What becomes of the keys that a session holds when it ends.
  public enum Behavior: String, Sendable, Hashable {
    /// They stay and are free to be locked again.
    case release
    /// They are removed.
    case delete
  }

  /// A UUID; chosen by the registry.
  public var id: String
  /// For people.
  public var name: String
  /// The session ends when this node is removed.
  public var node: String
  /// Checks of the node; the session ends when one of them becomes critical or is removed.
  public var nodeChecks: [String]
  /// The same of the node's instances, by the checks' ids.
  public var serviceChecks: [String]
  /// How long nobody can lock its keys after it has ended without giving them back: its client may not know yet.
  public var lockDelay: Duration
  public var behavior: Behavior
  /// The session ends when it was not renewed for this long, and at the latest after twice as long. Nil: never.
  public var ttl: Duration?
  /// When it came; set by the registry.
  public var createdRevision: UInt64
  public var modifiedRevision: UInt64

  /// Consul's default.
  public static let defaultLockDelay: Duration = .seconds(15)
  public static let lockDelayLimit: Duration = .seconds(60)
  public static let ttlLimits: ClosedRange<Duration> = .seconds(10) ... .seconds(86_400)

  public init(
    id: String = "", name: String = "", node: String = "", nodeChecks: [String] = [],
    serviceChecks: [String] = [], lockDelay: Duration = Session.defaultLockDelay,
    behavior: Behavior = .release, ttl: Duration? = nil, createdRevision: UInt64 = 0,
    modifiedRevision: UInt64 = 0
  ) {
    self.id = id
    self.name = name
    self.node = node
    self.nodeChecks = nodeChecks
    self.serviceChecks = serviceChecks
    self.lockDelay = lockDelay
    self.behavior = behavior
    self.ttl = ttl
    self.createdRevision = createdRevision
    self.modifiedRevision = modifiedRevision
  }

  /// Checks of its node that it depends on.
  var checks: [String] { nodeChecks + serviceChecks }

  /// Roughly the bytes it takes.
  var cost: Int {
    256 + name.utf8.count + node.utf8.count + checks.reduce(0) { $0 + $1.utf8.count + 16 }
  }
}

/// What happened to a session, or to a key that one left behind.
public enum SessionChange: Sendable, Hashable {
  case put(Session)
  case removed(String)
  case delayed(LockDelay)
  /// The key's delay is over.
  case undelayed(String)

  var cost: Int {
    switch self {
    case .put(let session): session.cost
    case .removed: 128
    case .delayed(let delay): 128 + delay.key.utf8.count
    case .undelayed(let key): 128 + key.utf8.count
    }
  }
}
