import Synchronization

/// The memory that request bodies may take together, so that many large uploads cannot exhaust the process.
final class BodyBudget: Sendable {
  private let limit: Int
  private let used = Atomic<Int>(0)

  init(limit: Int) {
    self.limit = limit
  }

  /// Takes a share, unless it is not there.
  func take(_ bytes: Int) -> Bool {
    let after = used.add(bytes, ordering: .relaxed).newValue
    if after <= limit { return true }
    used.subtract(bytes, ordering: .relaxed)
    return false
  }

  func giveBack(_ bytes: Int) {
    used.subtract(bytes, ordering: .relaxed)
  }

  var inUse: Int { used.load(ordering: .relaxed) }
}
