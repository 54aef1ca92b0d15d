import Logging
import Synchronization
import WeftDiscovery
import WeftProtobuf
import WeftRPC

/// Keeps the routes as the registry has them.
///
/// Each change in the registry, and each descriptor set that arrives, leads to a new table, which replaces the one
/// in force in one step. Requests that are under way keep the routes that they found.
final class RouteWatcher: Sendable {
  private let routes: CurrentRoutes
  private let backends: Backends
  private let metrics: GatewayMetrics
  private let logger: Logger
  private let sets: DescriptorSets
  private let latest = Mutex<CatalogueSnapshot?>(nil)
  private let work: AsyncStream<Void>
  private let wake: AsyncStream<Void>.Continuation
  /// Ends when the first table is in force of which nothing was missing that could be had at once.
  private let (firstTable, firstTableIsThere) = AsyncStream.makeStream(of: Never.self)

  /// - Parameter fetch: gets a descriptor set by its hash.
  init(
    routes: CurrentRoutes, backends: Backends, metrics: GatewayMetrics, logger: Logger,
    fetch: @escaping @Sendable (String) async throws -> [UInt8]
  ) {
    self.routes = routes
    self.backends = backends
    self.metrics = metrics
    self.logger = logger
    // One wake-up stands for all changes that came since the last.
    let (work, wake) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    self.work = work
    self.wake = wake
    sets = DescriptorSets(fetch: fetch) { wake.yield() }
  }

  /// Returns once everything that the registry had at first is routed, or when the task is cancelled.
  func waitUntilRouted() async {
    for await _ in firstTable {}
  }

  /// Follows the snapshots until they end or the task is cancelled.
  func run(_ snapshots: AsyncStream<CatalogueSnapshot>) async {
    await withTaskGroup(of: Void.self) { group in
      group.addTask {
        for await snapshot in snapshots {
          self.latest.withLock { $0 = snapshot }
          self.wake.yield()
        }
        self.wake.finish()
      }
      await rebuildWhenWoken()
      group.cancelAll()
    }
    sets.close()
  }

  private func rebuildWhenWoken() async {
    var preference = SetPreference()
    // The types that each service is routed with, kept while newer ones are on their way.
    var inForce: [String: ServiceTypes] = [:]
    // The last table of which nothing was missing. What was routed while older services still waited for their
    // types gives no right to keep it: otherwise, after a start, whose set comes first would own the routes.
    var settled = RouteTable.empty
    for await _ in work {
      guard let snapshot = latest.withLock({ $0 }) else { continue }
      let ranked = preference.rank(snapshot)
      sets.keep(Set(ranked.values.joined()))
      var quarantined: [String: String] = [:]
      var next: [String: ServiceTypes] = [:]
      var (isSettled, isReady) = (true, true)
      for (service, hashes) in ranked {
        let instances = snapshot.instances(of: service)
        let typing = typing(of: service, hashes, instances, before: inForce[service])
        next[service] = typing.types
        if let refusal = typing.refusal { quarantined[service] = refusal }
        if typing.isPending { isSettled = false }
        if typing.isExpected { isReady = false }
      }
      inForce = next
      let table = RouteTableBuilder.build(
        services: Array(next.values), quarantined: quarantined, previous: settled)
      if isSettled { settled = table }
      install(table, isReady: isReady)
      if isReady { firstTableIsThere.finish() }
      await backends.keep(Set(ranked.keys))
    }
  }

  /// What is known of a service's types.
  private struct Typing {
    /// From all usable sets.
    var types: ServiceTypes?
    /// Why a set cannot be used.
    var refusal: String?
    /// Whether a set has not come yet.
    var isPending = false
    /// Whether such a set is likely to come soon.
    var isExpected = false
  }

  /// - Parameter hashes: the sets of the service's instances, the preferred one first.
  private func typing(
    of service: String, _ hashes: [String], _ instances: [ServiceInstance], before: ServiceTypes?
  ) -> Typing {
    var typing = Typing()
    for hash in hashes {
      switch sets.lookup(hash) {
      case .ready(let pool):
        let protoServices = instances.filter { $0.descriptorSetHash == hash }.flatMap(\.protoServices)
        let types = ServiceTypes(
          name: service, hash: hash, pool: pool, protoServices: protoServices,
          since: instances.map(\.createdRevision).min() ?? 0)
        if typing.types == nil { typing.types = types } else { typing.types?.older.append(types) }
      case .refused(let reason):
        typing.refusal = typing.refusal ?? reason
      case .pending(let isLate):
        typing.isPending = true
        if !isLate { typing.isExpected = true }
      }
    }
    // The types from before do until the newer ones are here.
    if typing.isPending, let before { typing.types = before }
    return typing
  }

  private func install(_ table: RouteTable, isReady: Bool) {
    let before = routes.replace(with: table, isReady: isReady)
    metrics.installed(table)
    let known = Set(before.problems)
    for problem in table.problems where !known.contains(problem) {
      logger.warning(
        "not routed",
        metadata: [
          "kind": "\(problem.kind.rawValue)", "service": "\(problem.service)",
          "subject": "\(problem.subject)",
          "reason": "\(problem.reason)",
        ])
    }
    if before.serviceNames != table.serviceNames || before.routes.count != table.routes.count {
      logger.info(
        "routes changed",
        metadata: [
          "services": "\(table.serviceNames.joined(separator: " "))", "routes": "\(table.routes.count)",
        ])
    }
  }
}
