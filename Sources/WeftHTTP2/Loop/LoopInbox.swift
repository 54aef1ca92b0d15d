import NIOCore
import Synchronization

/// What other threads want done on a loop, and when the loop is to be woken for it.
///
/// A wake-up costs more than a call. Callers that were resumed together come back one after another, each with its
/// next call: the loop is woken for the last of them, or when they take their time.
final class LoopInbox: Sendable {
  private struct State {
    var visitors: [any LoopVisitor] = []
    var isWoken = false
  }

  private let state = Mutex(State())
  /// Callers that were resumed and do not run yet.
  private let returning = Atomic<Int>(0)
  /// Then they are not waited for any more.
  private let end = Atomic<UInt64>(0)

  /// How long a caller that does little between two calls may take to come back, with the wake-up of its thread,
  private static let patience = TimeAmount.microseconds(20)
  /// and each of those who come one after another.
  private static let patienceEach = TimeAmount.microseconds(3)
  /// So many callers come back at about the same time; fewer hold each other up.
  static let many = 16

  // MARK: Elsewhere

  /// - Returns: whether the loop is to be woken.
  func post(_ visitor: any LoopVisitor, at now: NIODeadline) -> Bool {
    state.withLock { state in
      state.visitors.append(visitor)
      // Looked at under the lock, as in `returned()`: one of the two sees what the other did.
      return !isMore(at: now) && Self.wake(&state)
    }
  }

  /// A caller that was resumed runs.
  ///
  /// - Returns: whether the loop is to be woken.
  func returned() -> Bool {
    let left = returning.wrappingSubtract(1, ordering: .acquiringAndReleasing).newValue
    // The last one is not waited for: it comes before the loop is awake.
    guard left == 1 else { return false }
    return state.withLock { state in !state.visitors.isEmpty && Self.wake(&state) }
  }

  private func isMore(at now: NIODeadline) -> Bool {
    guard returning.load(ordering: .acquiring) > 1 else { return false }
    return now < NIODeadline.uptimeNanoseconds(end.load(ordering: .relaxed))
  }

  private static func wake(_ state: inout State) -> Bool {
    defer { state.isWoken = true }
    return !state.isWoken
  }

  // MARK: On the loop

  /// Callers are about to be resumed.
  ///
  /// - Returns: until when visitors may have to wait for some of them; nil when for none.
  func resumes(_ count: Int) -> NIODeadline? {
    let all = returning.wrappingAdd(count, ordering: .acquiringAndReleasing).newValue
    if all < Self.many { return nil }
    let end = NIODeadline.now() + Self.patience + Self.patienceEach * all
    self.end.store(end.uptimeNanoseconds, ordering: .relaxed)
    return end
  }

  /// Until when visitors may have to wait; nil when none has to.
  var waitsUntil: NIODeadline? {
    returning.load(ordering: .relaxed) < 2 ? nil : .uptimeNanoseconds(end.load(ordering: .relaxed))
  }

  /// All that came.
  func take() -> [any LoopVisitor] {
    state.withLock { state in
      state.isWoken = false
      if state.visitors.isEmpty { return [] }
      let all = state.visitors
      state.visitors = []
      state.visitors.reserveCapacity(all.count)
      return all
    }
  }
}
