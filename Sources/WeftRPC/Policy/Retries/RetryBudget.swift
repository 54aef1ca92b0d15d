import Synchronization

/// The tokens of a ``RetryThrottling``, in thousandths.
final class RetryBudget: Sendable {
  private let most: Int
  private let refund: Int
  private let tokens: Atomic<Int>

  init(_ throttling: RetryThrottling) {
    most = min(max(throttling.maxTokens, 1), 1000) * 1000
    refund = max(Int(min(throttling.tokenRatio, 1000) * 1000), 1)
    tokens = Atomic(most)
  }

  /// Whether there may be a retry.
  var allows: Bool { tokens.load(ordering: .relaxed) > most / 2 }

  func failed() {
    change { max($0 - 1000, 0) }
  }

  func succeeded() {
    // Nearly always: nothing has failed for a while.
    if tokens.load(ordering: .relaxed) == most { return }
    change { min($0 + refund, most) }
  }

  private func change(_ body: (Int) -> Int) {
    var seen = tokens.load(ordering: .relaxed)
    while true {
      let (exchanged, now) = tokens.weakCompareExchange(
        expected: seen, desired: body(seen), ordering: .relaxed)
      if exchanged { return }
      seen = now
    }
  }
}
