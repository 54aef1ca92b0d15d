import NIOCore
import Synchronization
import WeftHTTP2

/// How often the connections of one channel ask whether their servers are still there.
///
/// A server that is asked too often sends the client away; from then on it is asked half as often (gRFC A8).
final class KeepalivePace: Sendable {
  private let options: Mutex<KeepaliveOptions?>

  private static let slowest = TimeAmount.hours(24)

  init(_ options: KeepaliveOptions?) {
    self.options = Mutex(options)
  }

  /// For connections that are made from now on; nil never asks.
  var current: KeepaliveOptions? { options.withLock { $0 } }

  func slowDown() {
    options.withLock { options in
      guard let time = options?.time else { return }
      options?.time = min(time + time, Self.slowest)
    }
  }
}
