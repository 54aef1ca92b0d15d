import Synchronization

/// What every method had counted a minute ago, so that ``DebugReport`` can tell of the last minute.
public final class MethodHistory: Sendable {
  /// The process's own.
  public static let shared = MethodHistory()

  struct Counts: Sendable {
    let started: Int
    let duration: HistogramCells.Snapshot
    let ok: UInt64

    init(_ snapshot: MethodMetrics.Snapshot) {
      started = snapshot.started
      var all = HistogramCells(.latency).snapshot()
      for outcome in snapshot.byStatus.values { all.add(outcome.duration) }
      duration = all
      ok = snapshot.byStatus[.ok]?.duration.count ?? 0
    }
  }

  struct Sample: Sendable {
    let time: ContinuousClock.Instant
    let methods: [MethodMetrics.Key: Counts]
  }

  static let interval = Duration.seconds(10)
  /// How far back it looks.
  static let window = Duration.seconds(60)

  private let registry: MetricsRegistry
  private let samples = Mutex<[Sample]>([])

  init(registry: MetricsRegistry = .shared) {
    self.registry = registry
  }

  /// Looks at the counters now and then, until the task is cancelled.
  public func run() async {
    while !Task.isCancelled {
      sample(at: .now)
      try? await Task.sleep(for: Self.interval, tolerance: .seconds(1))
    }
  }

  func sample(at now: ContinuousClock.Instant) {
    var methods: [MethodMetrics.Key: Counts] = [:]
    for metrics in registry.methods(.server) + registry.methods(.client) {
      let snapshot = metrics.snapshot()
      if snapshot.started > 0 { methods[metrics.key] = Counts(snapshot) }
    }
    let sample = Sample(time: now, methods: methods)
    samples.withLock { samples in
      samples.append(sample)
      // The one that is a whole window old stays: it is what the present is compared with.
      while samples.count > 1, now - samples[1].time >= Self.window { samples.removeFirst() }
    }
  }

  /// The counts to compare with: a minute old, or as old as there are.
  var baseline: Sample? { samples.withLock { $0.first } }
}
