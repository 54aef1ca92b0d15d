import NIOCore
import WeftDiscovery
import WeftRegistry

/// What the endpoints of the API share.
final class ConsulContext: Sendable {
  let registry: Registry
  let settings: ConsulSettings
  let cache: BodyCache<Scope, ScopeVersion>
  let events: EventLog
  /// Whether rules are in force.
  let hasAccessControl: Bool
  let nodeSchema: FilterSchema<Node>
  let healthSchema: FilterSchema<ServiceView>
  let flatSchema: FilterSchema<ServiceView>

  var datacenter: String { registry.datacenter }

  init(registry: Registry, settings: ConsulSettings) {
    self.registry = registry
    self.settings = settings
    cache = BodyCache(bytes: settings.cacheBytes)
    events = EventLog()
    hasAccessControl = registry.access.configuration.isEnabled
    nodeSchema = Node.schema(datacenter: registry.datacenter)
    healthSchema = ServiceView.healthSchema(datacenter: registry.datacenter)
    flatSchema = ServiceView.flatSchema(datacenter: registry.datacenter)
  }

  /// The registry's own node.
  var ownNode: Node {
    registry.node(Node.registryName) ?? Node(name: Node.registryName, address: "127.0.0.1")
  }

  /// Where the registry would be as a Consul server.
  var leaderAddress: String { "\(ownNode.address):\(ConsulSettings.serverPort)" }
}

/// How the API answers.
public struct ConsulSettings: Sendable {
  /// Bytes of encoded answers to keep.
  public var cacheBytes = 64 << 20
  /// How long a client may take for its body, and for taking the next piece of a large answer.
  public var patience: Duration = .seconds(30)

  public init() {}

  /// The version of Consul whose API this is: clients choose by it what to ask.
  static let version = "1.8.7"
  /// Where Consul's servers speak among themselves: only names the leader here, nothing listens.
  static let serverPort = 8_300
}
