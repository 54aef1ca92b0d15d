import WeftDiscovery

/// When so many instances of one service fall silent at once that the fault is more likely between them and the
/// registry, they stay: a caller that tries a dead one goes on to the next, but one that is told of nobody fails.
///
/// It ends when enough of them are heard again, or after ``SelfProtectionPolicy/longest``: then they are gone.
struct SelfProtection: Sendable {
  private struct Episode: Sendable {
    var since: Duration
    /// Who is silent and stays.
    var silent: Set<InstanceKey> = []
  }

  let policy: SelfProtectionPolicy
  private var episodes: [String: Episode] = [:]
  /// When silence removed how many instances of a service.
  private var removals: [String: [(instant: Duration, count: Int)]] = [:]

  init(_ policy: SelfProtectionPolicy) {
    self.policy = policy
  }

  /// The services under protection, each with the instances that are silent.
  var services: [String: Set<InstanceKey>] { episodes.mapValues(\.silent) }

  /// Instances that are silent and stay, of all services.
  var silentCount: Int { episodes.values.reduce(0) { $0 + $1.silent.count } }

  /// Whether these instances must stay, of `count` that there are of the service.
  func mustSpare(_ keys: [InstanceKey], of service: String, among count: Int, now: Duration) -> Bool {
    guard policy.share < 1 else { return false }
    let episode = episodes[service]
    if let episode, now - episode.since >= policy.longest { return false }
    let recent = (removals[service] ?? []).filter { now - $0.instant < policy.window }
      .reduce(0) { $0 + $1.count }
    let before = count + recent
    guard before >= policy.minimumInstances else { return false }
    let gone = (episode?.silent ?? []).union(keys).count + recent
    return Double(gone) > policy.share * Double(before)
  }

  mutating func spare(_ keys: [InstanceKey], now: Duration) {
    for key in keys {
      episodes[key.service, default: Episode(since: now)].silent.insert(key)
    }
  }

  /// Silence has removed instances.
  mutating func noteRemoval(of service: String, count: Int, now: Duration) {
    var recent = (removals[service] ?? []).filter { now - $0.instant < policy.window }
    recent.append((now, count))
    removals[service] = recent
    if removals.count > 10_000 {
      removals = removals.filter { ($0.value.last?.instant ?? .zero) + policy.window > now }
    }
  }

  /// It has given a sign of life, or is gone.
  mutating func forget(_ key: InstanceKey) {
    guard !episodes.isEmpty, episodes[key.service]?.silent.remove(key) != nil else { return }
    if episodes[key.service]?.silent.isEmpty == true { episodes[key.service] = nil }
  }
}
