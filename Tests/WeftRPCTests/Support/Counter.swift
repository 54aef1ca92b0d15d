import Synchronization

/// A number that several tasks add to.
final class Counter: Sendable {
  private let cell = Atomic<Int>(0)

  var value: Int { cell.load(ordering: .relaxed) }

  func add(_ amount: Int) {
    cell.wrappingAdd(amount, ordering: .relaxed)
  }
}
