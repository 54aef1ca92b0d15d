import NIOCore
import Synchronization

/// Elements on their way from an event loop to one consuming task.
///
/// The producer never waits: how much it may add is bounded by HTTP/2 flow control, since a stream's
/// window opens again only through `onConsumed`, when the consumer has taken an element.
public final class InboundQueue<Element: Sendable>: Sendable {
  private struct State {
    var elements = CircularBuffer<(element: Element, cost: Int)>(initialCapacity: 2)
    var end: Result<Void, any Error>?
    var waiter: CheckedContinuation<Element?, any Error>?
  }

  private let state = Mutex(State())
  private let onConsumed: @Sendable (Int) -> Void

  /// - Parameter onConsumed: called with the cost in bytes of each element that was taken.
  public init(onConsumed: @escaping @Sendable (Int) -> Void) {
    self.onConsumed = onConsumed
  }

  /// Adds an element; ignored after the end.
  public func push(_ element: Element, cost: Int) {
    let waiter = state.withLock { state -> CheckedContinuation<Element?, any Error>? in
      if state.end != nil { return nil }
      if let waiter = state.waiter {
        state.waiter = nil
        return waiter
      }
      state.elements.append((element, cost))
      return nil
    }
    if let waiter {
      waiter.resume(returning: element)
      onConsumed(cost)
    }
  }

  /// Ends the sequence, after what is queued. The first end counts.
  public func finish(throwing error: (any Error)? = nil) {
    let waiter = state.withLock { state -> CheckedContinuation<Element?, any Error>? in
      if state.end != nil { return nil }
      state.end = error.map { .failure($0) } ?? .success(())
      let waiter = state.waiter
      state.waiter = nil
      return waiter
    }
    guard let waiter else { return }
    if let error { waiter.resume(throwing: error) } else { waiter.resume(returning: nil) }
  }

  /// Drops what is queued and ends the sequence with an error.
  public func fail(_ error: any Error) {
    let waiter = state.withLock { state -> CheckedContinuation<Element?, any Error>? in
      if case .failure = state.end { return nil }
      state.elements.removeAll()
      state.end = .failure(error)
      let waiter = state.waiter
      state.waiter = nil
      return waiter
    }
    waiter?.resume(throwing: error)
  }

  /// The next element, or nil at the end. One consumer at a time.
  ///
  /// - Throws: the error that ended the sequence, or `CancellationError`.
  public func next() async throws -> Element? {
    if let ready = try takeReady() { return ready.element }
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        let action = state.withLock { state -> Action in
          if let first = state.elements.popFirst() { return .element(first.element, first.cost) }
          if let end = state.end { return .end(end) }
          if Task.isCancelled { return .end(.failure(CancellationError())) }
          if state.waiter != nil { return .end(.failure(InboundQueueMisuse())) }
          state.waiter = continuation
          return .wait
        }
        switch action {
        case .element(let element, let cost):
          continuation.resume(returning: element)
          onConsumed(cost)
        case .end(.success): continuation.resume(returning: nil)
        case .end(.failure(let error)): continuation.resume(throwing: error)
        case .wait: break
        }
      }
    } onCancel: {
      let waiter = state.withLock { state in
        let waiter = state.waiter
        state.waiter = nil
        return waiter
      }
      waiter?.resume(throwing: CancellationError())
    }
  }

  /// Everything that is queued, when the sequence has come to a good end; nil, and nothing taken, otherwise.
  public func takeAllIfFinished() -> [Element]? {
    let (elements, cost) = state.withLock { state -> ([Element]?, Int) in
      guard case .success = state.end else { return (nil, 0) }
      let elements = state.elements.map(\.element)
      let cost = state.elements.reduce(0) { $0 + $1.cost }
      state.elements.removeAll()
      return (elements, cost)
    }
    if cost > 0 { onConsumed(cost) }
    return elements
  }

  private enum Action {
    case element(Element, Int)
    case end(Result<Void, any Error>)
    case wait
  }

  /// Outer nil: nothing is ready. Inner nil: the end.
  private func takeReady() throws -> (element: Element?, cost: Int)? {
    let ready = try state.withLock { state -> (element: Element?, cost: Int)? in
      if let first = state.elements.popFirst() { return (first.element, first.cost) }
      guard let end = state.end else { return nil }
      try end.get()
      return (nil, 0)
    }
    if let ready, ready.cost > 0 { onConsumed(ready.cost) }
    return ready
  }
}

/// Two tasks read one stream at once.
public struct InboundQueueMisuse: Error, CustomStringConvertible {
  public var description: String { "a stream has one reader at a time" }
}
