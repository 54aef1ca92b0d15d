/// One running copy of a service, as the registry knows it.
///
/// The meaning and the limits of each field are those of `weft.registry.v1.Instance`.
public struct ServiceInstance: Sendable, Hashable {
  /// Service name, as in `weft:///NAME`, without its namespace.
  public var service: String
  /// Unique within the service and node, chosen by the instance.
  public var id: String
  public var address: String
  /// 1 to 65535; 0 too for an instance without a lease.
  public var port: Int
  /// Full names of the protobuf services it answers, such as `weft.config.v1.ConfigService`.
  public var protoServices: [String]
  /// Lower-case hexadecimal SHA-256 of its `FileDescriptorSet`; empty when it has none.
  public var descriptorSetHash: String
  public var tags: [String]
  public var metadata: [String: String]
  public var version: String
  public var zone: String
  /// Share of the load relative to its peers, 1 to 65535.
  public var weight: Int
  /// How long it may be silent before it is removed; nil for one that only its checks and people remove.
  public var lease: Duration?
  /// Since which revision its service has been there without a break; the registry sets it, 0 before that.
  public var createdRevision: UInt64

  /// Keeps services of one name apart.
  public var namespace: String = ServiceInstance.defaultNamespace
  /// The node it runs on.
  public var node: String = Node.registryName
  /// Share of the load while its status is ``HealthStatus/warning``, 0 to 65535.
  public var warningWeight: Int = 1
  /// Other addresses of it, by what they are for, such as `wan`.
  public var taggedAddresses: [String: TaggedAddress] = [:]
  /// Consul's EnableTagOverride: others may change its tags.
  public var enableTagOverride = false
  /// Set while it is in maintenance, which counts as critical.
  public var maintenance: Maintenance?
  /// Sorted by id.
  public var checks: [HealthCheck] = []
  /// The revision at which this instance came; the registry sets it.
  public var addedRevision: UInt64 = 0
  /// The revision at which this instance last changed; the registry sets it.
  public var modifiedRevision: UInt64 = 0
  /// Why its node is not well; nil while it is. The registry sets it.
  public var nodeHealth: NodeHealth?

  public init(
    service: String, id: String, address: String, port: Int, protoServices: [String] = [],
    descriptorSetHash: String = "", tags: [String] = [], metadata: [String: String] = [:],
    version: String = "", zone: String = "", weight: Int = 1,
    lease: Duration? = ServiceInstance.defaultLease, createdRevision: UInt64 = 0
  ) {
    self.service = service
    self.id = id
    self.address = address
    self.port = port
    self.protoServices = protoServices
    self.descriptorSetHash = descriptorSetHash
    self.tags = tags
    self.metadata = metadata
    self.version = version
    self.zone = zone
    self.weight = weight
    self.lease = lease
    self.createdRevision = createdRevision
  }

  /// The lease time an instance gets when it asks for none.
  public static let defaultLease: Duration = .seconds(10)
  public static let defaultNamespace = "default"

  public var key: InstanceKey { InstanceKey(service: qualifiedService, id: id, node: node) }

  /// `NAME`, or `NAMESPACE/NAME` outside the default namespace. No name contains a "/".
  public var qualifiedService: String {
    namespace == Self.defaultNamespace ? service : "\(namespace)/\(service)"
  }

  /// How it stands: as it does alone, or as its node does when that is worse.
  public var status: HealthStatus {
    max(ownStatus, nodeHealth?.status ?? .passing)
  }

  /// How it stands as far as it alone is concerned: critical in maintenance, otherwise as its worst check.
  public var ownStatus: HealthStatus {
    maintenance == nil ? checks.worstStatus : .critical
  }
}

/// An address of an instance for some purpose.
public struct TaggedAddress: Sendable, Hashable {
  public var address: String
  public var port: Int

  public init(address: String, port: Int) {
    self.address = address
    self.port = port
  }
}

/// Somebody has taken an instance or a node out of service for a while.
public struct Maintenance: Sendable, Hashable {
  /// For people.
  public var reason: String
  /// Since 1970-01-01T00:00:00Z, to the millisecond.
  public var since: Duration

  public init(reason: String, since: Duration) {
    self.reason = reason
    self.since = since
  }
}
