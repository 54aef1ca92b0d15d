import WeftDiscovery

/// Decides what a batch of commands comes to, each on top of those before it, and changes nothing.
///
/// Each kind of thing has a planner of its own, which sees what is there through what this batch has changed so
/// far. A plain value: a copy of it, put back, undoes a command that was refused half-way.
struct RegistryPlanner: Sendable {
  var plan: CommitPlan
  var catalogue: CataloguePlanner
  var descriptors: DescriptorPlanner
  var keyValue: KeyValuePlanner
  var sessions: SessionPlanner
  var access: AccessPlanner
  private let protection: SelfProtection
  private let checks: CheckTable
  private let now: Duration

  init(core: RegistryCore, commands: [RegistryCommand], now: Duration, wallTime: Duration) {
    plan = CommitPlan(commands: commands, batch: StoreBatch(previousRevision: core.revision))
    plan.batch.forgetChangesThrough = core.log.floor
    protection = core.protection
    checks = core.checks
    self.now = now
    catalogue = CataloguePlanner(core: core, wallTime: wallTime)
    descriptors = DescriptorPlanner(core: core, now: now)
    keyValue = KeyValuePlanner(base: core.keyValue, limits: core.limits)
    sessions = SessionPlanner(base: core.sessions, limits: core.limits, now: now, wallTime: wallTime)
    access = AccessPlanner(base: core.access, limits: core.limits)
  }

  /// The revision that the next command gets if it changes something.
  var nextRevision: UInt64 { plan.batch.revision + 1 }

  mutating func add(_ command: RegistryCommand) {
    catalogue.hasSeenUncommitted = false
    let answer: CommitPlan.Answer
    do throws(RegistryError) {
      let value = try perform(command)
      let hasChanged = seal()
      let outcome = CommandOutcome(revision: plan.batch.revision, value: value)
      answer = CommitPlan.Answer(
        result: .success(outcome), hasChanged: hasChanged,
        needsCommit: hasChanged || catalogue.hasSeenUncommitted)
    } catch {
      // What it began to do has not happened.
      _ = catalogue.takeEvents()
      answer = CommitPlan.Answer(result: .failure(error), needsCommit: catalogue.hasSeenUncommitted)
    }
    plan.answers.append(answer)
  }

  /// A command that is refused must have changed nothing.
  private mutating func perform(_ command: RegistryCommand) throws(RegistryError) -> CommandValue {
    switch command {
    case .catalogue(let operations): try perform(operations)
    case .expire(let keys):
      silence { [protection, now, registered = plan.registered] in
        $0.expire(keys, registered: registered, protection: protection, now: now)
      }
    case .reap(let keys):
      silence { [checks, protection, now] in
        $0.reap(keys, due: checks.condemned, protection: protection, now: now)
      }
    case .expireChecks(let keys):
      let said = catalogue.expireChecks(
        keys, due: checks.ttls, heard: plan.heard, revision: nextRevision)
      plan.outputs.merge(said) { _, new in new }
      followEvents()
      catalogue.hasSeenUncommitted = true
    case .keyValue, .transaction, .session, .access:
      // They see what the batch has changed so far.
      catalogue.hasSeenUncommitted = !plan.batch.revisions.isEmpty
      return try performInDomain(command)
    case .putDescriptorSet(let hash, let bytes):
      catalogue.hasSeenUncommitted = try descriptors.put(hash, bytes, into: &plan)
    case .collectDescriptorSets:
      descriptors.collect(into: &plan)
      catalogue.hasSeenUncommitted = true
    }
    return .none
  }

  private mutating func performInDomain(_ command: RegistryCommand) throws(RegistryError) -> CommandValue {
    switch command {
    case .keyValue(let operation):
      return .keyValue(try keyValue.perform(operation, revision: nextRevision, sessions: sessions))
    case .transaction(let operations):
      let hasSeenUncommitted = catalogue.hasSeenUncommitted
      defer { catalogue.hasSeenUncommitted = hasSeenUncommitted }
      return .transaction(transact(operations))
    case .session(let command): return try perform(command).map { .session($0) } ?? .none
    case .access(let command): return .access(try access.perform(command, revision: nextRevision))
    default: return .none
    }
  }

  /// All of the operations, or none when one is refused.
  mutating func perform(_ operations: [CatalogueOperation]) throws(RegistryError) {
    let before = operations.count > 1 ? self : nil
    do throws(RegistryError) {
      for operation in operations { try perform(operation) }
    } catch {
      if let before { self = before }
      throw error
    }
  }

  private mutating func perform(_ operation: CatalogueOperation) throws(RegistryError) {
    let revision = nextRevision
    switch operation {
    case .register(let instance, let replacingChecks):
      let hash = instance.descriptorSetHash
      if !hash.isEmpty, !descriptors.contains(hash) {
        throw .failedPrecondition(
          "instance.descriptor_set_hash: no descriptor set has the hash \(hash); store it with PutDescriptorSet first"
        )
      }
      let renewed = try catalogue.register(instance, replacingChecks: replacingChecks, revision: revision)
      descriptors.reference(hash)
      plan.registered.insert(instance.key)
      if let renewed { plan.renewed.insert(renewed) }
    case .deregister(let key): catalogue.deregister(key, revision: revision)
    case .putNode(let node): try catalogue.put(node, revision: revision)
    case .removeNode(let name): try catalogue.removeNode(name, revision: revision)
    case .putCheck(let check, let owner): try catalogue.put(check, of: owner, revision: revision)
    case .removeCheck(let key): catalogue.removeCheck(key, revision: revision)
    case .setCheck(let key, let state):
      plan.heard.insert(key)
      if try catalogue.setCheck(key, state, revision: revision) { plan.outputs[key] = state.output }
    case .setMaintenance(let maintenance, let owner):
      try catalogue.setMaintenance(maintenance, of: owner, revision: revision)
    }
    followEvents()
  }

  /// Lets silence remove instances; notes who is spared, and how many went.
  private mutating func silence(_ remove: (inout CataloguePlanner) -> [InstanceKey]) {
    let before = catalogue.addedByService
    plan.spared += remove(&catalogue)
    for (service, difference) in catalogue.addedByService {
      let gone = before[service, default: 0] - difference
      if gone > 0 { plan.silenced[service, default: 0] += gone }
    }
    followEvents()
    catalogue.hasSeenUncommitted = true
  }

  private mutating func followEvents() {
    for event in catalogue.takeEvents() { followInSessions(event) }
    releaseLocks()
  }

  /// Ends a command: what it changed becomes the next revision. Returns whether it changed anything.
  private mutating func seal() -> Bool {
    var changes = catalogue.takeChanges()
    changes += keyValue.takeChanges().map { .keyValue($0) }
    changes += sessions.takeChanges().map { .session($0) }
    changes += access.takeChanges().map { .access($0) }
    guard !changes.isEmpty else { return false }
    plan.batch.revisions.append(LoggedRevision(revision: nextRevision, changes: changes))
    return true
  }
}

extension RegistryCore {
  /// Decides what a batch comes to. `wallTime` is the time since 1970 that people are told.
  func plan(_ commands: [RegistryCommand], now: Duration, wallTime: Duration = .zero) -> CommitPlan {
    var planner = RegistryPlanner(core: self, commands: commands, now: now, wallTime: wallTime)
    for command in commands { planner.add(command) }
    return planner.plan
  }
}
