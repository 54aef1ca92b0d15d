/// A filter as it was written: what the `filter` parameter of Consul's API holds.
indirect enum FilterExpression: Hashable, Sendable {
  case and(FilterExpression, FilterExpression)
  case or(FilterExpression, FilterExpression)
  case not(FilterExpression)
  case condition(Condition)

  /// One question to a record.
  struct Condition: Hashable, Sendable {
    /// What is asked, such as `Service`, `Meta`, `version`.
    var selector: [String]
    var comparison: Comparison
    /// What it is compared with; empty for the questions about emptiness.
    var value: String
    /// Whether the answer is turned around.
    var isNegated: Bool
  }

  enum Comparison: String, Hashable, Sendable {
    case equal = "=="
    case contains = "contains"
    case isEmpty = "is empty"
    case matches = "matches"
  }
}

/// Why a filter was refused.
struct FilterError: Error, Hashable {
  var reason: String

  init(_ reason: String) {
    self.reason = reason
  }

  var answer: ConsulError { .badRequest("Failed to create boolean expression evaluator: \(reason)") }
}
