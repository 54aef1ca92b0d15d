import Synchronization

/// The last calls that were slow, and the last that failed: what somebody wants to see first who asks why.
///
/// Calls that are neither never come here. One that is costs an append under a lock.
package final class RecentCalls: Sendable {
  package struct Entry: Sendable {
    /// `/package.Service/Method`.
    let method: String
    let status: StatusCode
    /// For people; cut to ``maxMessageLength``.
    let message: String
    let nanoseconds: UInt64
    /// When it ended: nanoseconds since 1970.
    let ended: UInt64
    let peer: String
    let requestID: String?
    let trace: TraceContext?

    package init(
      method: String, status: StatusCode, message: String, nanoseconds: UInt64, peer: String,
      requestID: String?, trace: TraceContext?, ended: UInt64 = WallClock.now()
    ) {
      self.method = method
      self.status = status
      self.message = String(message.prefix(RecentCalls.maxMessageLength))
      self.nanoseconds = nanoseconds
      self.peer = peer
      self.requestID = requestID
      self.trace = trace
      self.ended = ended
    }
  }

  package static let shared = RecentCalls()
  static let capacity = 64
  static let maxMessageLength = 256

  package init() {}

  private let slow = Mutex(Ring<Entry>(capacity: capacity))
  private let failed = Mutex(Ring<Entry>(capacity: capacity))

  package func add(slow entry: Entry) { slow.withLock { $0.add(entry) } }
  package func add(failed entry: Entry) { failed.withLock { $0.add(entry) } }

  /// The newest first.
  var slowCalls: [Entry] { slow.withLock { $0.newestFirst } }
  var failedCalls: [Entry] { failed.withLock { $0.newestFirst } }
}

/// The last few of many.
struct Ring<Element> {
  private var elements: [Element] = []
  private var next = 0
  private let capacity: Int

  init(capacity: Int) {
    self.capacity = capacity
  }

  mutating func add(_ element: Element) {
    if elements.count < capacity {
      elements.append(element)
    } else {
      elements[next] = element
      next = (next + 1) % capacity
    }
  }

  var newestFirst: [Element] { (elements[next...] + elements[..<next]).reversed() }
}
