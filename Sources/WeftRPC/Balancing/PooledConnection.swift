import NIOCore
import Synchronization
import WeftHTTP2

/// A connection that a subchannel gives calls to, and how many it has.
final class PooledConnection: Sendable {
  let connection: HTTP2ClientConnection
  /// Has this one in its pool until it ends.
  let subchannel: Subchannel
  let life: ConnectionLife
  let since = NIODeadline.now()
  /// Calls that were given to it and are not over.
  let calls = Atomic<Int>(0)
  private let isUsed = Atomic<Bool>(true)

  init(_ connection: HTTP2ClientConnection, _ life: ConnectionLife, of subchannel: Subchannel) {
    self.connection = connection
    self.subchannel = subchannel
    self.life = life
  }

  /// Takes a place for one call, unless the server's stream limit is reached.
  func reserve() -> Bool {
    if calls.wrappingAdd(1, ordering: .sequentiallyConsistent).oldValue < connection.maxConcurrentStreams {
      isUsed.store(true, ordering: .relaxed)
      return true
    }
    release()
    return false
  }

  var hasRoom: Bool { calls.load(ordering: .sequentiallyConsistent) < connection.maxConcurrentStreams }

  func release() {
    calls.wrappingSubtract(1, ordering: .sequentiallyConsistent)
  }

  /// Whether it had a call since this was asked last.
  func wasUsed() -> Bool {
    isUsed.exchange(false, ordering: .relaxed) || calls.load(ordering: .relaxed) > 0
  }
}

/// Tells whether a connection takes calls no more. Made before the connection is, whose first event may come
/// before the connection itself does.
final class ConnectionLife: Sendable {
  private let reason = Mutex<String?>(nil)

  var endReason: String? { reason.withLock { $0 } }

  /// The first reason stays.
  func end(_ text: String) {
    reason.withLock { if $0 == nil { $0 = text } }
  }
}
