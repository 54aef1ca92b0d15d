/// Where instances run.
///
/// Everybody who registers with the registry itself is on its own node; other nodes are put in by somebody, as
/// through Consul's catalog.
public struct Node: Sendable, Hashable {
  public var name: String
  /// A UUID, or empty.
  public var id: String
  public var address: String
  public var metadata: [String: String]
  /// Other addresses of it, by what they are for, such as `wan`.
  public var taggedAddresses: [String: String]
  /// Sorted by id. They count for every instance on the node.
  public var checks: [HealthCheck]
  /// Set while it is in maintenance, which counts as critical.
  public var maintenance: Maintenance?
  /// The revisions at which it came, and at which it last changed; the registry sets them.
  public var addedRevision: UInt64
  public var modifiedRevision: UInt64

  public init(
    name: String, id: String = "", address: String, metadata: [String: String] = [:],
    taggedAddresses: [String: String] = [:], checks: [HealthCheck] = [], maintenance: Maintenance? = nil,
    addedRevision: UInt64 = 0, modifiedRevision: UInt64 = 0
  ) {
    self.name = name
    self.id = id
    self.address = address
    self.metadata = metadata
    self.taggedAddresses = taggedAddresses
    self.checks = checks
    self.maintenance = maintenance
    self.addedRevision = addedRevision
    self.modifiedRevision = modifiedRevision
  }

  /// The registry's own node.
  public static let registryName = "weft"

  /// Critical in maintenance, otherwise as its worst check.
  public var status: HealthStatus {
    maintenance == nil ? checks.worstStatus : .critical
  }
}
