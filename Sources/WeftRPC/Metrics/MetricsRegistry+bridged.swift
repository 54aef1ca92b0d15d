import Synchronization

/// What other metrics libraries need beyond what Weft itself measures: labels that are known only at run time, real
/// numbers, and metrics that end.
extension MetricsRegistry {
  /// What one metric is called.
  package struct Identity: Sendable, Hashable {
    fileprivate let key: Key

    /// - Parameters:
    ///   - name: letters, digits, `_` and `:`; no digit first.
    ///   - labels: each name once. Their order makes no difference.
    package init(name: String, labels: [(name: String, value: String)]) {
      key = Key(name: name, labels: labels.map { MetricLabel((key: $0.name, value: $0.value)) }.sorted())
    }
  }

  package func counter(_ identity: Identity) -> MetricCounter {
    metric(identity.key, in: \.counters) { MetricCounter() }
  }

  package func realGauge(_ identity: Identity) -> MetricRealGauge {
    metric(identity.key, in: \.realGauges) { MetricRealGauge() }
  }

  /// How long something took.
  package func durations(_ identity: Identity) -> MetricHistogram {
    metric(identity.key, in: \.histograms) { MetricHistogram() }
  }

  /// How values are spread whose unit nobody knows.
  package func values(_ identity: Identity) -> MetricHistogram {
    metric(identity.key, in: \.histograms) { MetricHistogram(.general) }
  }

  /// Forgets a metric of whatever kind. Whoever holds it may go on counting; nobody sees it.
  package func remove(_ identity: Identity) {
    state.withLock { state in
      state.counters[identity.key] = nil
      state.realGauges[identity.key] = nil
      state.histograms[identity.key] = nil
    }
  }
}

/// A real number that rises and falls.
public final class MetricRealGauge: Sendable {
  private let bits = Atomic<UInt64>(0)
  public var value: Double { Double(bitPattern: bits.load(ordering: .relaxed)) }

  public func set(_ value: Double) { bits.store(value.bitPattern, ordering: .relaxed) }

  public func add(_ amount: Double) {
    var known = bits.load(ordering: .relaxed)
    while true {
      let sum = Double(bitPattern: known) + amount
      let (isDone, now) = bits.compareExchange(
        expected: known, desired: sum.bitPattern, ordering: .relaxed)
      if isDone { return }
      known = now
    }
  }
}

extension MetricHistogram {
  /// Adds one value. Negative ones count as 0, those that are no numbers not at all.
  package func record(value: Double) {
    if value.isNaN { return }
    let scaled = (value * cells.bounds.unit).rounded()
    cells.record(scaled < 0 ? 0 : scaled >= 0x1p63 ? 1 << 63 : UInt64(scaled))
  }

  package func record(nanoseconds: Int64) { cells.record(UInt64(clamping: nanoseconds)) }
}

extension MetricCounter {
  /// Begins at 0 again, as a process that was started anew would.
  package func reset() { add(-value) }
}
