import WeftRPC

/// What a replay came to, by method. Every call of the log is in one column of its method's line.
struct ReplayReport: Sendable {
  struct Method: Sendable {
    var name: String
    /// Calls that the log has.
    var recorded = 0
    var same = 0
    var otherStatus = 0
    var otherReplies = 0
    var notCompared = 0
    /// Calls that were not made again.
    var leftOut = 0
    /// `NOT_FOUND instead of OK`, and how often.
    var statuses: [String: Int] = [:]
    /// Why calls were not compared or left out, and how often.
    var reasons: [String: Int] = [:]
    var then: [Duration] = []
    var now: [Duration] = []
  }

  private(set) var methods: [Method] = []
  /// Calls of methods that nobody wanted; no line has them.
  let unwanted: Int
  let elapsed: Duration
  let latest: Duration

  private static let unknownMethod = "(unknown)"

  init(_ outcomes: [Replay.Outcome], of recorded: RecordedCalls, elapsed: Duration) {
    unwanted = recorded.unwanted
    self.elapsed = elapsed
    latest = outcomes.map(\.late).max() ?? .zero
    var methods: [String: Method] = [:]
    func count(_ path: String?, _ body: (inout Method) -> Void) {
      let name = path.map { String($0.dropFirst()) } ?? Self.unknownMethod
      body(&methods[name, default: Method(name: name)])
    }
    for outcome in outcomes { count(outcome.method) { $0.add(outcome) } }
    for (call, number) in recorded.leftOut {
      count(call.method) { $0.leave(number, call.reason) }
    }
    // A replay that was broken off.
    var missing: [String: Int] = [:]
    for call in recorded.calls { missing[call.method, default: 0] += 1 }
    for outcome in outcomes { missing[outcome.method, default: 0] -= 1 }
    for (method, number) in missing where number > 0 {
      count(method) { $0.leave(number, "the replay ended before its turn") }
    }
    self.methods = methods.values.sorted { $0.name < $1.name }
  }

  var calls: Int { methods.reduce(0) { $0 + $1.made } }
  var otherStatuses: Int { methods.reduce(0) { $0 + $1.otherStatus } }
  var otherReplies: Int { methods.reduce(0) { $0 + $1.otherReplies } }

  /// For people.
  var lines: [String] {
    var rows = [
      [
        "method", "recorded", "same", "other status", "other reply", "not compared", "left out", "p50 then",
        "p50 now", "p99 then", "p99 now",
      ]
    ]
    for method in methods {
      rows.append(
        [method.name] + method.columns.map(String.init)
          + [0.5, 0.99].flatMap { share in
            [Self.quantile(method.then, share), Self.quantile(method.now, share)].map {
              $0.map(Self.text) ?? "-"
            }
          })
    }
    let rate = elapsed > .zero ? Double(calls) / (elapsed / .seconds(1)) : 0
    return TextTable.lines(rows) + reasons + [
      "\(Self.calls(calls)) in \(Self.text(elapsed)), \(Int(rate.rounded())) a second; at most \(Self.text(latest)) late"
    ]
  }

  /// What lies behind the columns, a line each.
  var reasons: [String] {
    var lines: [String] = []
    for method in methods {
      for (text, count) in method.statuses.sorted(by: { $0.key < $1.key }) {
        lines.append("\(method.name): \(Self.calls(count)) answered \(text)")
      }
      for (text, count) in method.reasons.sorted(by: { $0.key < $1.key }) {
        lines.append("\(method.name): \(Self.calls(count)) \(text)")
      }
    }
    if unwanted > 0 { lines.append("\(Self.calls(unwanted)) of other methods") }
    return lines
  }

  private static func calls(_ count: Int) -> String { "\(count) \(count == 1 ? "call" : "calls")" }

  /// - Returns: nil when there are none.
  static func quantile(_ durations: [Duration], _ share: Double) -> Duration? {
    let sorted = durations.sorted()
    guard !sorted.isEmpty else { return nil }
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

extension ReplayReport.Method {
  /// Calls that were made again.
  var made: Int { same + otherStatus + otherReplies + notCompared }

  /// As the table has them: how many were recorded, and what became of them.
  fileprivate var columns: [Int] { [recorded, same, otherStatus, otherReplies, notCompared, leftOut] }

  fileprivate mutating func add(_ outcome: Replay.Outcome) {
    recorded += 1
    then.append(outcome.recorded)
    now.append(outcome.took)
    switch outcome.verdict {
    case .same: same += 1
    case .otherReplies: otherReplies += 1
    case .notCompared(let reason):
      notCompared += 1
      reasons["not compared: \(reason)", default: 0] += 1
    case .otherStatus:
      otherStatus += 1
      let recorded = outcome.recordedStatus?.name ?? "nothing"
      statuses["\(outcome.status.name) instead of \(recorded)", default: 0] += 1
    }
  }

  fileprivate mutating func leave(_ count: Int, _ reason: String) {
    recorded += count
    leftOut += count
    reasons["left out: \(reason)", default: 0] += count
  }
}
