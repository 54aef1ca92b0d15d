/// A kind of thing that rules speak of. The names are those of Consul's rules.
public enum AccessResource: String, Sendable, Hashable, CaseIterable {
  /// Tokens, policies and bindings themselves.
  case acl
  case agent
  case event
  case key
  case keyring
  case node
  case `operator`
  case query
  case service
  case session

  /// Whether there are many of its kind, told apart by names.
  public var hasNames: Bool {
    switch self {
    case .acl, .keyring, .operator: false
    case .agent, .event, .key, .node, .query, .service, .session: true
    }
  }
}

/// What a rule lets its bearer do. Each includes those before it.
public enum AccessPermission: Int, Sendable, Hashable, Comparable {
  case deny
  case read
  /// Reads, also all keys below a prefix at once.
  case list
  case write

  public static func < (a: AccessPermission, b: AccessPermission) -> Bool { a.rawValue < b.rawValue }

  /// As rules write it.
  public var word: String {
    switch self {
    case .deny: "deny"
    case .read: "read"
    case .list: "list"
    case .write: "write"
    }
  }

  init?(word: String) {
    switch word {
    case "deny": self = .deny
    case "read": self = .read
    case "list": self = .list
    case "write": self = .write
    default: return nil
    }
  }

  /// Of two rules about the same name from several policies: denial wins, then whatever allows more.
  func merged(with other: AccessPermission) -> AccessPermission {
    self == .deny || other == .deny ? .deny : max(self, other)
  }
}

/// `key_prefix "app/" { policy = "write" }` and its like.
public struct AccessRule: Sendable, Hashable {
  public var resource: AccessResource
  /// Empty for resources without names.
  public var name: String
  /// Whether it holds for all names that begin with ``name``.
  public var isPrefix: Bool
  public var permission: AccessPermission

  /// A rule for everything of a kind.
  public init(_ resource: AccessResource, _ permission: AccessPermission) {
    self.init(resource, "", isPrefix: resource.hasNames, permission)
  }

  public init(
    _ resource: AccessResource, _ name: String, isPrefix: Bool = false, _ permission: AccessPermission
  ) {
    self.resource = resource
    self.name = name
    self.isPrefix = isPrefix
    self.permission = permission
  }
}
