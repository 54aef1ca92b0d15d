import NIOCore

/// A value that belongs to one event loop and may be named anywhere.
///
/// Reading it off the loop is a programming error, which debug builds trap on.
package struct LoopBound<Value>: @unchecked Sendable {
  // Sound as `Sendable`: the value is read on its loop only.
  private let stored: Value
  package let eventLoop: any EventLoop

  package init(_ value: Value, on eventLoop: any EventLoop) {
    self.stored = value
    self.eventLoop = eventLoop
  }

  package var value: Value {
    eventLoop.assertInEventLoop()
    return stored
  }

  /// Runs `body` on the loop: at once when already there, else after a hop.
  @inline(__always)
  package func run<Result: Sendable>(_ body: @escaping @Sendable (Value) throws -> Result) async throws
    -> Result
  {
    if eventLoop.inEventLoop { return try body(stored) }
    return try await eventLoop.submit { try body(self.value) }.get()
  }

  /// Runs `body` on the loop, without waiting for it when off the loop.
  @inline(__always)
  package func execute(_ body: @escaping @Sendable (Value) -> Void) {
    if eventLoop.inEventLoop {
      body(stored)
    } else {
      eventLoop.execute { body(self.value) }
    }
  }
}
