import Synchronization

/// What became of the calls to one backend since the last look.
final class OutlierTally: Sendable {
  private let successes = Atomic<Int>(0)
  private let failures = Atomic<Int>(0)
  private let ejected = Atomic<Bool>(false)
  private let onReturn: @Sendable () -> Void

  /// - Parameter onReturn: the backend is no longer ejected.
  init(onReturn: @escaping @Sendable () -> Void) {
    self.onReturn = onReturn
  }

  var isEjected: Bool { ejected.load(ordering: .relaxed) }

  func record(isSuccess: Bool) {
    if isSuccess {
      successes.wrappingAdd(1, ordering: .relaxed)
    } else {
      failures.wrappingAdd(1, ordering: .relaxed)
    }
  }

  /// The numbers, which begin at zero again.
  func take() -> (successes: Int, failures: Int) {
    (successes.exchange(0, ordering: .relaxed), failures.exchange(0, ordering: .relaxed))
  }

  func eject() {
    ejected.store(true, ordering: .relaxed)
  }

  func readmit() {
    ejected.store(false, ordering: .relaxed)
    onReturn()
  }
}
