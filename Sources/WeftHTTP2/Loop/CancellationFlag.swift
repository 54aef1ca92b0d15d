import Synchronization

/// Whether the task that waits for something on a loop was cancelled. Set from any thread.
///
/// A cancellation handler that only hops to the loop may get there before the wait that it is to end.
/// It sets this first, and the wait looks at it when it begins.
package final class CancellationFlag: Sendable {
  private let flag = Atomic<Bool>(false)

  package init() {}

  package var isSet: Bool { flag.load(ordering: .acquiring) }

  package func set() {
    flag.store(true, ordering: .releasing)
  }
}
