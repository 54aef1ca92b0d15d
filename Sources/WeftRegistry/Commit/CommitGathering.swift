import Dispatch

/// How long to let writes gather before the next commit, so that a busy registry shares one wait for the disk among many.
///
/// Who has just been answered often asks for the next thing at once. When half of those who have lately written are
/// there again, the commit begins, and the other half gathers behind it. It never waits for a lone writer, and never for
/// long: PostgreSQL's `commit_delay` and `commit_siblings` do as much with numbers that somebody has to find.
struct CommitGathering: Sendable {
  /// The longest wait. A commit takes about as long.
  static let patience: DispatchTimeInterval = .microseconds(300)

  /// How many have lately written at the same time; falls slowly when fewer do.
  private(set) var writers = 0
  /// The number of waiting writes that ends the gathering; nil when nothing gathers.
  private var target: Int?
  private let isEnough = DispatchSemaphore(value: 0)

  /// Notes how many writers have been answered, and how many wait for the next commit already.
  mutating func committed(_ answered: Int, waiting: Int) {
    writers = max(answered + waiting, writers - (writers + 7) / 8)
  }

  /// What to wait for, outside of all locks; nil when so many are worth a commit.
  mutating func begin(waiting: Int) -> DispatchSemaphore? {
    let half = (writers + 1) / 2
    guard waiting > 0, waiting < half else { return nil }
    target = half
    return isEnough
  }

  /// Takes note of one more, or of the end of the registry.
  mutating func added(waiting: Int) {
    guard let target, waiting >= target else { return }
    end()
  }

  mutating func end() {
    guard target != nil else { return }
    target = nil
    // One that comes too late ends the next wait early, no more.
    isEnough.signal()
  }
}
