import WeftRPC

/// What a replay came to, by method.
struct ReplayReport: Sendable {
  struct Method: Sendable {
    var name: String
    var calls = 0
    var same = 0
    var otherStatus = 0
    var otherReplies = 0
    var notCompared = 0
    /// `NOT_FOUND instead of OK`, and how often.
    var statuses: [String: Int] = [:]
    var recorded: [Duration] = []
    var took: [Duration] = []
  }

  let methods: [Method]
  let skipped: [(reason: String, count: Int)]
  let elapsed: Duration
  let latest: Duration

  init(_ outcomes: [Replay.Outcome], skipped: [String: Int], elapsed: Duration) {
    var methods: [String: Method] = [:]
    for outcome in outcomes {
      var method = methods[outcome.method] ?? Method(name: String(outcome.method.dropFirst()))
      method.calls += 1
      method.recorded.append(outcome.recorded)
      method.took.append(outcome.took)
      switch outcome.verdict {
      case .same: method.same += 1
      case .notCompared: method.notCompared += 1
      case .otherReplies: method.otherReplies += 1
      case .otherStatus:
        method.otherStatus += 1
        let recorded = outcome.recordedStatus?.name ?? "nothing"
        method.statuses["\(outcome.status.name) instead of \(recorded)", default: 0] += 1
      }
      methods[outcome.method] = method
    }
    self.methods = methods.values.sorted { $0.name < $1.name }
    self.skipped = skipped.map { (reason: $0.key, count: $0.value) }.sorted { $0.reason < $1.reason }
    self.elapsed = elapsed
    latest = outcomes.map(\.late).max() ?? .zero
  }

  var calls: Int { methods.reduce(0) { $0 + $1.calls } }
  var otherStatuses: Int { methods.reduce(0) { $0 + $1.otherStatus } }
  var otherReplies: Int { methods.reduce(0) { $0 + $1.otherReplies } }

  /// For people.
  var lines: [String] {
    var rows = [
      [
        "method", "calls", "same", "other status", "other reply", "p50 then", "p50 now", "p99 then",
        "p99 now",
      ]
    ]
    for method in methods {
      rows.append(
        [method.name] + [method.calls, method.same, method.otherStatus, method.otherReplies].map(String.init)
          + [0.5, 0.99].flatMap { share in
            [Self.text(Self.quantile(method.recorded, share)), Self.text(Self.quantile(method.took, share))]
          })
    }
    var lines = TextTable.lines(rows)
    for method in methods {
      for (text, count) in method.statuses.sorted(by: { $0.key < $1.key }) {
        lines.append("\(method.name): \(count) \(count == 1 ? "call" : "calls") answered \(text)")
      }
    }
    for (reason, count) in skipped {
      lines.append("\(count) \(count == 1 ? "call" : "calls") left out: \(reason)")
    }
    let rate = elapsed > .zero ? Double(calls) / (elapsed / .seconds(1)) : 0
    lines.append(
      "\(calls) calls in \(Self.text(elapsed)), \(Int(rate.rounded())) a second; at most \(Self.text(latest)) late"
    )
    return lines
  }

  static func quantile(_ durations: [Duration], _ share: Double) -> Duration {
    let sorted = durations.sorted()
    guard !sorted.isEmpty else { return .zero }
    return sorted[min(Int(Double(sorted.count) * share), sorted.count - 1)]
  }

  private static func text(_ duration: Duration) -> String {
    let seconds = duration / .seconds(1)
    let (value, unit) =
      seconds >= 1 ? (seconds, "s") : seconds >= 1e-3 ? (seconds * 1e3, "ms") : (seconds * 1e6, "us")
    let rounded = (value * 10).rounded() / 10
    return "\(rounded)\(unit)"
  }
}
