/// What a view shows.
public struct PageContent: Sendable, Hashable {
  public enum Kind: Sendable, Hashable {
    case services([PageService])
    /// Empty when there is no such service.
    case service([PageInstance])
    case nodes([PageNode])
    case node(PageNode?, [PageInstance])
    case keys(PageKeys)
    case key(PageKey)
  }

  /// Changes whenever the content does.
  public var index: UInt64
  public var kind: Kind

  public init(index: UInt64, _ kind: Kind) {
    self.index = index
    self.kind = kind
  }
}

/// How well something is, by its worst check.
public enum PageStatus: String, Sendable, Hashable {
  case passing, warning, critical
}

/// A service among others.
public struct PageService: Sendable, Hashable {
  public var name: String
  public var tags: [String]
  /// Instances in each state.
  public var passing: Int
  public var warning: Int
  public var critical: Int

  public init(name: String, tags: [String] = [], passing: Int = 0, warning: Int = 0, critical: Int = 0) {
    self.name = name
    self.tags = tags
    self.passing = passing
    self.warning = warning
    self.critical = critical
  }
}

public struct PageInstance: Sendable, Hashable {
  public var service: String
  public var id: String
  public var node: String
  public var address: String
  public var port: Int
  public var version = ""
  public var zone = ""
  public var weight = 1
  /// For people, such as `10 s`.
  public var lease = ""
  public var tags: [String] = []
  public var metadata: [String: String] = [:]
  public var status = PageStatus.passing
  /// In one line, why it is not passing.
  public var why = ""
  public var checks: [PageCheck] = []

  public init(service: String, id: String, node: String, address: String, port: Int) {
    self.service = service
    self.id = id
    self.node = node
    self.address = address
    self.port = port
  }
}

public struct PageCheck: Sendable, Hashable {
  public var id: String
  public var name: String
  /// For people, such as `HTTP, every 10 s`.
  public var kind: String
  public var status: PageStatus
  public var output: String
  public var notes: String
  /// When its status last changed, in milliseconds since 1970; 0 when nobody knows.
  public var changed: Int64

  public init(
    id: String, name: String, kind: String, status: PageStatus, output: String = "", notes: String = "",
    changed: Int64 = 0
  ) {
    self.id = id
    self.name = name
    self.kind = kind
    self.status = status
    self.output = output
    self.notes = notes
    self.changed = changed
  }
}

public struct PageNode: Sendable, Hashable {
  public var name: String
  public var address: String
  public var instances: Int
  public var metadata: [String: String] = [:]
  public var status = PageStatus.passing
  public var why = ""
  public var checks: [PageCheck] = []

  public init(name: String, address: String, instances: Int) {
    self.name = name
    self.address = address
    self.instances = instances
  }
}

/// The keys right below a prefix.
public struct PageKeys: Sendable, Hashable {
  public struct Entry: Sendable, Hashable {
    public var key: String
    public var bytes: Int
    /// The session that has locked it, or empty.
    public var session: String

    public init(key: String, bytes: Int, session: String = "") {
      self.key = key
      self.bytes = bytes
      self.session = session
    }
  }

  /// Longer prefixes, up to their slash.
  public var folders: [String] = []
  public var keys: [Entry] = []
  /// Whether there are more than are listed.
  public var isCut = false
  /// Whether the visitor may add keys here.
  public var isWritable = false

  public init() {}
}

public struct PageKey: Sendable, Hashable {
  /// Nil when the key is not there.
  public var value: [UInt8]?
  public var flags: UInt64 = 0
  /// Revisions of its first and its last change; 0 when it is not there.
  public var created: UInt64 = 0
  public var modified: UInt64 = 0
  /// The session that has locked it, or empty.
  public var session = ""
  public var isWritable = false

  public init(value: [UInt8]? = nil) {
    self.value = value
  }
}

/// The registry itself, and what it takes the visitor for.
public struct PageAbout: Sendable, Hashable {
  public var datacenter: String
  public var node: String
  /// Whether there are rules on who may do what.
  public var hasRules: Bool
  /// For people: the name of the visitor's token, or "anonymous".
  public var actor: String

  public init(datacenter: String, node: String, hasRules: Bool, actor: String) {
    self.datacenter = datacenter
    self.node = node
    self.hasRules = hasRules
    self.actor = actor
  }
}
