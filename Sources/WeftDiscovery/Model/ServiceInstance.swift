/// Names one instance: unique within the whole catalogue.
public struct InstanceKey: Sendable, Hashable, Comparable, CustomStringConvertible {
  public var service: String
  public var id: String

  public init(service: String, id: String) {
    self.service = service
    self.id = id
  }

  public var description: String { "\(service)/\(id)" }

  public static func < (a: InstanceKey, b: InstanceKey) -> Bool {
    a.service == b.service ? a.id < b.id : a.service < b.service
  }
}

/// One running copy of a service, as the registry knows it.
///
/// The meaning and the limits of each field are those of `weft.registry.v1.Instance`.
public struct ServiceInstance: Sendable, Hashable {
  /// Service name, as in `weft:///NAME`.
  public var service: String
  /// Unique within the service, chosen by the instance.
  public var id: String
  /// IP address or host name at which others reach it.
  public var address: String
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
  /// How long it may be silent before it is removed.
  public var lease: Duration
  /// Since which revision its service has been there without a break; the registry sets it, 0 before that.
  public var createdRevision: UInt64

  public init(
    service: String, id: String, address: String, port: Int, protoServices: [String] = [],
    descriptorSetHash: String = "", tags: [String] = [], metadata: [String: String] = [:],
    version: String = "", zone: String = "", weight: Int = 1,
    lease: Duration = ServiceInstance.defaultLease, createdRevision: UInt64 = 0
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

  public var key: InstanceKey { InstanceKey(service: service, id: id) }
}
