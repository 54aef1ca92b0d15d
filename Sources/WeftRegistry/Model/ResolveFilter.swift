import WeftDiscovery

/// Which instances of a service somebody wants.
public struct ResolveFilter: Sendable, Hashable {
  /// Those with all of these tags.
  public var tags: [String]
  /// Those with all of these entries.
  public var metadata: [String: String]
  /// Those of this version; nil for any.
  public var version: String?
  /// Those in this zone; nil for any.
  public var zone: String?
  /// Those in this zone come first; empty for no preference.
  public var zonePreference: String
  /// Leaves out those that are critical, also by the checks of their node.
  public var healthyOnly: Bool
  /// With ``healthyOnly``: keeps those whose status is a warning.
  public var includeWarning: Bool

  public init(
    tags: [String] = [], metadata: [String: String] = [:], version: String? = nil, zone: String? = nil,
    zonePreference: String = "", healthyOnly: Bool = false, includeWarning: Bool = true
  ) {
    self.tags = tags
    self.metadata = metadata
    self.version = version
    self.zone = zone
    self.zonePreference = zonePreference
    self.healthyOnly = healthyOnly
    self.includeWarning = includeWarning
  }

  public static let all = ResolveFilter()

  /// Those that match, in the order they were in, except for the zone that is preferred.
  func apply(to instances: [ServiceInstance]) -> [ServiceInstance] {
    guard self != .all else { return instances }
    let matching = instances.filter { matches($0) }
    guard !zonePreference.isEmpty else { return matching }
    return matching.filter { $0.zone == zonePreference } + matching.filter { $0.zone != zonePreference }
  }

  private func matches(_ instance: ServiceInstance) -> Bool {
    guard tags.allSatisfy(instance.tags.contains),
      metadata.allSatisfy({ instance.metadata[$0.key] == $0.value }),
      version == nil || version == instance.version, zone == nil || zone == instance.zone
    else { return false }
    guard healthyOnly else { return true }
    return instance.status == .passing || (includeWarning && instance.status == .warning)
  }
}
