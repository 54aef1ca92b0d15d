import NIOCore
import Synchronization

/// Finds the backends of a channel that fail more often than the others (gRFC A50).
final class OutlierDetector: Sendable {
  private struct Host {
    let tally: OutlierTally
    /// Ejections that are remembered: each makes the next one longer, each quiet interval forgets one.
    var multiplier = 0
    var ejectedAt: ContinuousClock.Instant?
  }

  /// A backend that had enough calls to be judged.
  private struct Judged {
    let index: Int
    let successRate: Double
  }

  private let policy: OutlierDetectionPolicy
  private let hosts = Mutex<[Host]>([])
  private let timer = Mutex<RepeatedTask?>(nil)

  init(_ policy: OutlierDetectionPolicy) {
    self.policy = policy
  }

  deinit {
    timer.withLock { $0 }?.cancel()
  }

  func start(on loop: any EventLoop) {
    let interval = TimeAmount(policy.interval)
    let task = loop.scheduleRepeatedTask(initialDelay: interval, delay: interval) { [weak self] _ in
      self?.sweep(at: .now)
    }
    timer.withLock { $0 = task }
  }

  func add(_ tally: OutlierTally) {
    hosts.withLock { $0.append(Host(tally: tally)) }
  }

  func remove(_ tally: OutlierTally) {
    hosts.withLock { $0.removeAll { $0.tally === tally } }
  }

  /// Judges the calls since the last sweep.
  func sweep(at now: ContinuousClock.Instant) {
    let returned = hosts.withLock { hosts -> [OutlierTally] in
      let counts = hosts.map { $0.tally.take() }
      if let rule = policy.successRate { eject(successRate: rule, counts, &hosts, now) }
      if let rule = policy.failurePercentage { eject(failurePercentage: rule, counts, &hosts, now) }
      return forgive(&hosts, now)
    }
    for tally in returned { tally.readmit() }
  }

  private func eject(
    successRate rule: OutlierDetectionPolicy.SuccessRate, _ counts: [(successes: Int, failures: Int)],
    _ hosts: inout [Host], _ now: ContinuousClock.Instant
  ) {
    let judged = Self.judged(counts, volume: rule.requestVolume)
    if judged.isEmpty || judged.count < rule.minimumHosts { return }
    let size = Double(judged.count)
    let mean = judged.reduce(0) { $0 + $1.successRate } / size
    let variance = judged.reduce(0) { $0 + ($1.successRate - mean) * ($1.successRate - mean) } / size
    let least = mean - variance.squareRoot() * Double(rule.stdevFactor) / 1000
    for host in judged where host.successRate < least {
      if !eject(host.index, enforcement: rule.enforcement, &hosts, now) { return }
    }
  }

  private func eject(
    failurePercentage rule: OutlierDetectionPolicy.FailurePercentage,
    _ counts: [(successes: Int, failures: Int)], _ hosts: inout [Host], _ now: ContinuousClock.Instant
  ) {
    let judged = Self.judged(counts, volume: rule.requestVolume)
    if judged.count < rule.minimumHosts { return }
    for host in judged where 100 * (1 - host.successRate) > Double(rule.threshold) {
      if !eject(host.index, enforcement: rule.enforcement, &hosts, now) { return }
    }
  }

  private static func judged(_ counts: [(successes: Int, failures: Int)], volume: Int) -> [Judged] {
    counts.enumerated().compactMap { index, count in
      let total = count.successes + count.failures
      if total == 0 || total < volume { return nil }
      return Judged(index: index, successRate: Double(count.successes) / Double(total))
    }
  }

  /// - Returns: false when no more may be ejected.
  private func eject(
    _ index: Int, enforcement: Int, _ hosts: inout [Host], _ now: ContinuousClock.Instant
  ) -> Bool {
    let ejected = hosts.count { $0.ejectedAt != nil }
    if 100 * ejected >= policy.maxEjectionPercent * hosts.count {
      return false
    }
    if hosts[index].ejectedAt != nil || Int.random(in: 0..<100) >= enforcement { return true }
    hosts[index].ejectedAt = now
    hosts[index].multiplier += 1
    hosts[index].tally.eject()
    return true
  }

  /// - Returns: those whose time is over.
  private func forgive(_ hosts: inout [Host], _ now: ContinuousClock.Instant) -> [OutlierTally] {
    var returned: [OutlierTally] = []
    for index in hosts.indices {
      guard let since = hosts[index].ejectedAt else {
        hosts[index].multiplier = max(0, hosts[index].multiplier - 1)
        continue
      }
      let longest = max(policy.baseEjectionTime, policy.maxEjectionTime)
      let time = min(policy.baseEjectionTime * hosts[index].multiplier, longest)
      if now > since + time {
        hosts[index].ejectedAt = nil
        returned.append(hosts[index].tally)
      }
    }
    return returned
  }
}
