import WeftDiscovery

/// Checks: those that the registry runs, those that must be reported in time, those that follow others, and the
/// removal of what has been critical for too long.
extension Registry {
  /// Starts what is due. Runs go on beside the loop, and their results become commands like any others, so that no
  /// slow or dead peer holds up anything but its own check.
  func runChecks(now: Duration, in group: inout DiscardingTaskGroup) {
    let limits = configuration.limits
    let (jobs, silent, condemned, aliases) = state.withLock { state in
      (
        state.core.checks.takeDue(now: now, limit: limits.concurrentChecks),
        state.core.checks.ttls.takeExpired(now: now, limit: limits.commandsPerCommit),
        state.core.checks.condemned.takeExpired(now: now, limit: limits.commandsPerCommit),
        state.core.aliasChanges()
      )
    }
    for job in jobs { group.addTask { await self.run(job) } }
    if !silent.isEmpty { enqueue(.expireChecks(silent)) }
    if !condemned.isEmpty {
      logger.notice(
        "checks have been critical for too long; removing their owners",
        metadata: ["count": "\(condemned.count)", "owners": "\(condemned.prefix(10).map { "\($0.owner)" })"])
      enqueue(.reap(condemned))
    }
    for operation in aliases { enqueue(.catalogue([operation])) }
  }

  /// Runs one check, and then others as long as some are due.
  private func run(_ first: CheckTable.Job) async {
    var next: CheckTable.Job? = first
    while let job = next {
      var result = await prober.probe(job.check)
      if Task.isCancelled { return }
      result.output = result.output.clipped(to: configuration.limits.checkOutputBytes)
      next = finish(job, result)
    }
  }

  /// Takes in what a run came to. Returns the check to run next.
  private func finish(_ job: CheckTable.Job, _ result: ProbeResult) -> CheckTable.Job? {
    let now = clock.now
    let limit = configuration.limits.concurrentChecks
    let (operation, next) = state.withLock { state in
      let operation = state.core.take(result, of: job, now: now)
      return (operation, state.core.checks.takeDue(now: now, limit: limit, count: 1).first)
    }
    if let operation { enqueue(.catalogue([operation])) }
    return next
  }
}

extension RegistryCore {
  /// What there is to say after a run; nil when everything has been said.
  mutating func take(_ result: ProbeResult, of job: CheckTable.Job, now: Duration) -> CatalogueOperation? {
    let known = catalogue.check(job.key)
    let verdict = checks.finish(job, result, status: known?.state.status, now: now)
    guard let known else { return nil }
    let status = verdict ?? known.state.status
    let last = outputs[job.key] ?? known.state.output
    guard status != known.state.status || result.output != last else { return nil }
    return .setCheck(job.key, CheckState(status: status, output: result.output))
  }

  /// What aliases have to say now that they have not said.
  func aliasChanges() -> [CatalogueOperation] {
    guard !checks.aliases.isEmpty else { return [] }
    return checks.aliases.compactMap { key, target in
      guard let known = catalogue.check(key) else { return nil }
      let state = state(of: target, except: key)
      let last = outputs[key] ?? known.state.output
      guard state.status != known.state.status || state.output != last else { return nil }
      return .setCheck(key, state)
    }
  }

  private func state(of target: CheckTarget, except key: CheckKey) -> CheckState {
    let found: [(owner: CheckOwner, checks: [HealthCheck], maintenance: Maintenance?)]
    switch target {
    case .node(let name):
      found = catalogue.nodes[name].map { [(.node(name), $0.checks, $0.maintenance)] } ?? []
    case .service(let id, let node):
      found = catalogue.records(id: id, node: node).map {
        (.instance($0.key), $0.instance.checks, $0.instance.maintenance)
      }
    }
    guard !found.isEmpty else {
      return CheckState(status: .critical, output: "\(target.text) is not registered")
    }
    if let owner = found.first(where: { $0.maintenance != nil })?.owner {
      return CheckState(status: .critical, output: "\(owner) is in maintenance")
    }
    // An alias must not follow itself.
    let checks = found.flatMap { owner in
      owner.checks.filter { CheckKey(owner: owner.owner, id: $0.id) != key }
    }
    let worst = checks.worstStatus
    guard worst != .passing, let check = checks.first(where: { $0.state.status == worst }) else {
      return CheckState(status: .passing, output: "all checks of \(target.text) pass")
    }
    return CheckState(status: worst, output: "\(target.text): check \(check.name) is \(worst.rawValue)")
  }
}

extension CheckTarget {
  fileprivate var text: String {
    switch self {
    case .node(let name): "node \(name)"
    case .service(let id, let node): "service \(id) on node \(node)"
    }
  }
}
