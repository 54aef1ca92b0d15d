import WeftDiscovery

/// Which descriptor set of a service counts when its instances have different ones, as during an upgrade.
///
/// The one that appeared last: new methods become callable as soon as one instance has them. Sets that appeared
/// together, as all do when the gateway starts, go by the version of their instances, then by hash.
struct SetPreference: Sendable {
  /// The sets of one service that are looked at: the newest, and whichever most instances have, so that a few
  /// odd instances unroute nothing.
  static let maxSetsPerService = 4

  private var firstSeen: [String: [String: UInt64]] = [:]

  /// Takes notice of a snapshot.
  /// - Returns: for each service its descriptor set hashes, the preferred one first; empty when it has none.
  mutating func rank(_ snapshot: CatalogueSnapshot) -> [String: [String]] {
    var seen: [String: [String: UInt64]] = [:]
    var ranked: [String: [String]] = [:]
    for (service, instances) in snapshot.services where !instances.isEmpty {
      var versions: [String: [Int]] = [:]
      for instance in instances where !instance.descriptorSetHash.isEmpty {
        let version = Self.numbers(in: instance.version)
        let known = versions[instance.descriptorSetHash] ?? []
        versions[instance.descriptorSetHash] = known.lexicographicallyPrecedes(version) ? version : known
      }
      var moments: [String: UInt64] = [:]
      for hash in versions.keys { moments[hash] = firstSeen[service]?[hash] ?? snapshot.revision }
      seen[service] = moments
      let hashes = versions.keys.sorted { left, right in
        let (leftMoment, rightMoment) = (moments[left] ?? 0, moments[right] ?? 0)
        if leftMoment != rightMoment { return leftMoment > rightMoment }
        let (leftVersion, rightVersion) = (versions[left] ?? [], versions[right] ?? [])
        if leftVersion != rightVersion { return rightVersion.lexicographicallyPrecedes(leftVersion) }
        return left < right
      }
      ranked[service] = Self.few(of: hashes, instances)
    }
    firstSeen = seen
    return ranked
  }

  private static func few(of hashes: [String], _ instances: [ServiceInstance]) -> [String] {
    guard hashes.count > maxSetsPerService else { return hashes }
    var counts: [String: Int] = [:]
    for instance in instances { counts[instance.descriptorSetHash, default: 0] += 1 }
    var few = Array(hashes.prefix(maxSetsPerService))
    // Of those that equally many have, the oldest.
    let most = hashes.reversed().max { (counts[$0] ?? 0) < (counts[$1] ?? 0) }
    if let most, !few.contains(most) { few[few.count - 1] = most }
    return few
  }

  /// The numbers of a version such as `1.10.2`, so that 10 comes after 9.
  static func numbers(in version: String) -> [Int] {
    version.split { !$0.isASCII || !$0.isWholeNumber }.prefix(8).compactMap { Int($0) }
  }
}
