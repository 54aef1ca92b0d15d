import WeftDiscovery

/// A service at a glance.
public struct ServiceSummary: Sendable, Hashable {
  /// Qualified.
  public var name: String
  public var instances: Int
  /// The tags that its instances have, sorted.
  public var tags: [String]
  /// How many instances stand how, by their own checks and those of their nodes.
  public var statuses: [HealthStatus: Int]
  /// Instances that fell silent and stay for now, because too many did at once.
  public var protectedInstances: Int
}

extension ServiceSummary {
  var message: Weft_Registry_V1_ListServicesResponse.Service {
    var message = Weft_Registry_V1_ListServicesResponse.Service()
    message.name = name
    message.instances = UInt32(clamping: instances)
    message.tags = tags
    message.passing = UInt32(clamping: statuses[.passing] ?? 0)
    message.warning = UInt32(clamping: statuses[.warning] ?? 0)
    message.critical = UInt32(clamping: statuses[.critical] ?? 0)
    message.protectedInstances = UInt32(clamping: protectedInstances)
    return message
  }
}

extension Registry {
  /// Every service at a glance, sorted by name.
  public func serviceSummaries() -> (revision: UInt64, services: [ServiceSummary]) {
    let (revision, catalogue, protected) = state.withLock { state in
      (state.core.revision, state.core.catalogue, state.core.protection.services)
    }
    let summaries = catalogue.services.map { name, records in
      var summary = ServiceSummary(
        name: name, instances: records.count, tags: [], statuses: [:],
        protectedInstances: protected[name]?.count ?? 0)
      var tags: Set<String> = []
      for record in records {
        tags.formUnion(record.instance.tags)
        summary.statuses[record.instance.status, default: 0] += 1
      }
      summary.tags = tags.sorted()
      return summary
    }
    return (revision, summaries.sorted { $0.name < $1.name })
  }
}
