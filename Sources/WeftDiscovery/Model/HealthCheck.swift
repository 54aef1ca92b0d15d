/// Something that tells whether an instance or a node is well: what is checked, and how it stands.
///
/// The meaning and the limits of each field are those of `weft.registry.v1.HealthCheck`.
public struct HealthCheck: Sendable, Hashable {
  /// What is done to find out.
  public enum Kind: Sendable, Hashable {
    /// Somebody else finds out and says so.
    case external
    /// The owner says that all is well at least this often; otherwise it is critical.
    case ttl(Duration)
    case http(HTTPProbe)
    /// A connection to `HOST:PORT` comes about.
    case tcp(String)
    case grpc(GRPCProbe)
    /// As well as something else is.
    case alias(CheckTarget)
  }

  /// Unique within its owner.
  public var id: String
  /// For people.
  public var name: String
  public var kind: Kind
  /// Time between two runs.
  public var interval: Duration
  /// How long one run may take.
  public var timeout: Duration
  /// Good results in a row before the status becomes passing, at least 1.
  public var successesBeforePassing: Int
  /// Failures in a row before a passing status becomes a warning, at least 1. Without effect unless it is less
  /// than ``failuresBeforeCritical``.
  public var failuresBeforeWarning: Int
  /// Failures in a row before the status becomes critical, at least 1.
  public var failuresBeforeCritical: Int
  /// The owner is removed when the check has been critical for so long; nil means never.
  public var deregisterCriticalAfter: Duration?
  public var notes: String
  public var state: CheckState
  /// The revisions at which the check came, and at which it last changed; the registry sets them.
  public var addedRevision: UInt64 = 0
  public var modifiedRevision: UInt64 = 0

  public init(
    id: String, name: String = "", kind: Kind = .external, interval: Duration = .seconds(10),
    timeout: Duration = .seconds(10), successesBeforePassing: Int = 1, failuresBeforeWarning: Int? = nil,
    failuresBeforeCritical: Int = 1, deregisterCriticalAfter: Duration? = nil, notes: String = "",
    state: CheckState = CheckState(status: .critical)
  ) {
    self.id = id
    self.name = name
    self.kind = kind
    self.interval = interval
    self.timeout = timeout
    self.successesBeforePassing = successesBeforePassing
    self.failuresBeforeWarning = failuresBeforeWarning ?? failuresBeforeCritical
    self.failuresBeforeCritical = failuresBeforeCritical
    self.deregisterCriticalAfter = deregisterCriticalAfter
    self.notes = notes
    self.state = state
  }

  /// Whether the two check the same in the same way, however they stand.
  public func isSameDefinition(as other: HealthCheck) -> Bool {
    var other = other
    other.state = state
    other.addedRevision = addedRevision
    other.modifiedRevision = modifiedRevision
    return self == other
  }
}

/// An HTTP request: passing for a 2xx answer, a warning for 429, critical for all else.
public struct HTTPProbe: Sendable, Hashable {
  /// `http://` or `https://`
  public var url: String
  public var method: String
  public var headers: [String: [String]]
  public var body: String
  public var skipTLSVerify: Bool

  public init(
    url: String, method: String = "GET", headers: [String: [String]] = [:], body: String = "",
    skipTLSVerify: Bool = false
  ) {
    self.url = url
    self.method = method
    self.headers = headers
    self.body = body
    self.skipTLSVerify = skipTLSVerify
  }
}

/// A call of `grpc.health.v1.Health/Check`: passing when it answers SERVING.
public struct GRPCProbe: Sendable, Hashable {
  /// `HOST:PORT`
  public var target: String
  /// The service to ask for; empty asks for the server as a whole.
  public var service: String
  public var useTLS: Bool
  public var skipTLSVerify: Bool

  public init(target: String, service: String = "", useTLS: Bool = false, skipTLSVerify: Bool = false) {
    self.target = target
    self.service = service
    self.useTLS = useTLS
    self.skipTLSVerify = skipTLSVerify
  }
}

/// What an alias check follows.
public enum CheckTarget: Sendable, Hashable {
  case node(String)
  /// Every instance with this id on the node, whatever its service.
  case service(id: String, node: String)
}

/// What a check says something about.
public enum CheckOwner: Sendable, Hashable {
  case node(String)
  case instance(InstanceKey)

  /// The node that it is, or that it runs on.
  public var node: String {
    switch self {
    case .node(let name): name
    case .instance(let key): key.node
    }
  }
}

extension CheckOwner: CustomStringConvertible {
  public var description: String {
    switch self {
    case .node(let name): "node \(name)"
    case .instance(let key): key.description
    }
  }
}

/// Names one check.
public struct CheckKey: Sendable, Hashable {
  public var owner: CheckOwner
  public var id: String

  public init(owner: CheckOwner, id: String) {
    self.owner = owner
    self.id = id
  }
}

extension [HealthCheck] {
  /// Passing when there is none.
  public var worstStatus: HealthStatus {
    self.lazy.map(\.state.status).max() ?? .passing
  }
}
