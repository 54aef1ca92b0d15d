import WeftDiscovery

/// When which check is due, and how many results in a row it had: time for checks, without a clock of its own.
struct CheckTable: Sendable {
  /// A check to run now.
  struct Job: Sendable, Hashable {
    var key: CheckKey
    var check: HealthCheck
    /// Tells a run of this check from one of an earlier check with the same key.
    var generation: UInt64
  }

  private struct Entry: Sendable {
    var check: HealthCheck
    var generation: UInt64
    var isRunning = false
    var results = CheckResults()
  }

  private struct Due: Comparable, Sendable {
    var instant: Duration
    var generation: UInt64
    var key: CheckKey

    static func < (a: Due, b: Due) -> Bool { a.instant < b.instant }
    static func == (a: Due, b: Due) -> Bool { a.generation == b.generation }
  }

  private var entries: [CheckKey: Entry] = [:]
  private var queue = BinaryHeap<Due>()
  private var lastGeneration: UInt64 = 0
  private var random: UInt64
  /// Who must say that all is well, until when.
  var ttls = LeaseTable<CheckKey>()
  /// Checks that are critical, and until when their owners stay all the same.
  var condemned = LeaseTable<CheckKey>()
  /// Checks that follow something else.
  private(set) var aliases: [CheckKey: CheckTarget] = [:]
  private(set) var running = 0

  /// The first run comes within this time, so that a new instance need not wait for a whole interval.
  private static let firstRun: Duration = .seconds(1)
  /// Part of the interval by which runs are spread.
  private static let jitter = 0.1

  init(seed: UInt64 = .random(in: 1 ... .max)) {
    random = seed | 1
  }

  var count: Int { entries.count }

  /// Nothing is due before this instant, as long as no more than `limit` checks run at once.
  func nextDeadline(limit: Int) -> Duration? {
    // While as many run as may, the next one begins when one of them ends.
    let run = running < limit ? queue.first?.instant : nil
    return [run, ttls.nextDeadline, condemned.nextDeadline].compactMap { $0 }.min()
  }

  // MARK: What is to be checked

  /// The checks of an owner are other ones now.
  mutating func replace(
    _ old: [HealthCheck], with new: [HealthCheck], of owner: CheckOwner, now: Duration
  ) {
    for check in old where !new.contains(where: { $0.id == check.id }) {
      remove(CheckKey(owner: owner, id: check.id))
    }
    for check in new {
      let key = CheckKey(owner: owner, id: check.id)
      let before = old.first { $0.id == check.id }
      if before?.isSameDefinition(as: check) != true { add(check, key, now: now) }
      if before?.state.status != check.state.status || before == nil {
        statusChanged(check, key, now: now)
      } else if before?.deregisterCriticalAfter != check.deregisterCriticalAfter {
        condemned.drop(key)
        statusChanged(check, key, now: now)
      }
    }
  }

  private mutating func add(_ check: HealthCheck, _ key: CheckKey, now: Duration) {
    remove(key)
    switch check.kind {
    case .external: break
    case .ttl(let ttl): ttls.grant(key, for: ttl, now: now)
    case .alias(let target): aliases[key] = target
    case .http, .tcp, .grpc:
      lastGeneration += 1
      entries[key] = Entry(check: check, generation: lastGeneration)
      let wait = min(check.interval, Self.firstRun) * nextFraction()
      queue.insert(Due(instant: now + wait, generation: lastGeneration, key: key))
    }
  }

  private mutating func remove(_ key: CheckKey) {
    if entries.removeValue(forKey: key)?.isRunning == true { running -= 1 }
    ttls.drop(key)
    condemned.drop(key)
    aliases[key] = nil
  }

  private mutating func statusChanged(_ check: HealthCheck, _ key: CheckKey, now: Duration) {
    if let patience = check.deregisterCriticalAfter, check.state.status == .critical {
      condemned.grant(key, for: patience, now: now)
    } else {
      condemned.drop(key)
    }
  }

  /// The owner of a TTL check has spoken.
  mutating func heard(_ key: CheckKey, _ check: HealthCheck?, now: Duration) {
    if case .ttl(let ttl) = check?.kind { ttls.grant(key, for: ttl, now: now) }
  }

  // MARK: Runs

  /// Takes up to `count` checks that are due, so many that no more than `limit` run at once.
  mutating func takeDue(now: Duration, limit: Int, count: Int = .max) -> [Job] {
    var jobs: [Job] = []
    while running < limit, jobs.count < count, let first = queue.first, first.instant <= now {
      queue.removeFirst()
      guard var entry = entries[first.key], entry.generation == first.generation else { continue }
      entry.isRunning = true
      entries[first.key] = entry
      running += 1
      jobs.append(Job(key: first.key, check: entry.check, generation: entry.generation))
    }
    return jobs
  }

  /// Takes in what a run came to. Returns how the check stands now, or nil when that is to stay as it is.
  mutating func finish(
    _ job: Job, _ result: ProbeResult, status: HealthStatus?, now: Duration
  ) -> HealthStatus? {
    guard var entry = entries[job.key], entry.generation == job.generation, entry.isRunning else {
      return nil
    }
    running -= 1
    entry.isRunning = false
    let verdict = entry.results.take(result.status, of: entry.check, now: status ?? .critical)
    entries[job.key] = entry
    // Spread around the interval, so that checks that came together do not stay together.
    let wait = entry.check.interval * (1 - Self.jitter / 2 + Self.jitter * nextFraction())
    queue.insert(Due(instant: now + wait, generation: entry.generation, key: job.key))
    return verdict
  }

  /// xorshift64 (Marsaglia, "Xorshift RNGs", 2003): spread is all that is asked of it.
  private mutating func nextFraction() -> Double {
    random ^= random << 13
    random ^= random >> 7
    random ^= random << 17
    return Double(random >> 11) / Double(1 << 53)
  }
}

/// Results in a row, and what they mean.
struct CheckResults: Sendable, Hashable {
  private var successes = 0
  private var failures = 0

  init() {}

  /// How the check stands after one more result. A warning counts as a success: what answered so is alive.
  mutating func take(_ result: HealthStatus, of check: HealthCheck, now status: HealthStatus) -> HealthStatus?
  {
    guard result != .critical else {
      successes = 0
      failures = min(failures + 1, 1 << 20)
      if failures >= check.failuresBeforeCritical { return .critical }
      return failures >= check.failuresBeforeWarning && status == .passing ? .warning : nil
    }
    failures = 0
    successes = min(successes + 1, 1 << 20)
    return successes >= check.successesBeforePassing ? result : nil
  }
}
