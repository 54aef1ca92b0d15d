import Synchronization

/// What came, in order, from wherever.
final class Collector<Element: Sendable>: Sendable {
  private let state = Mutex<[Element]>([])

  func add(_ element: Element) { state.withLock { $0.append(element) } }

  var elements: [Element] { state.withLock { $0 } }
}
