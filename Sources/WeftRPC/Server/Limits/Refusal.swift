import Synchronization
import WeftHTTP2

/// What a call is told for which there is no place.
struct Refusal: Sendable {
  let error: RPCError
  /// All of the reply: one block of headers.
  let fields: HTTPFields

  init(_ error: RPCError) {
    self.error = error
    var fields = error.trailers
    for field in GRPCFields.replyHead { fields.add(field.name, field.value) }
    // It may have been refused for its encoding.
    fields.add("grpc-accept-encoding", MessageEncoding.accepted)
    self.fields = fields
  }
}

/// Refusals that are ready to be sent: most are wanted when there is least time to make them.
final class Refusals: Sendable {
  private let pushback: Duration
  private let error: @Sendable (Int) -> RPCError
  private let ready = Mutex<(most: Int, all: [Refusal], next: Int)>((0, [], 0))

  /// Callers are told times that differ, or they would all come back at once.
  private static let variants = 8

  /// - Parameters:
  ///   - pushback: when callers may come back, give or take half of it.
  ///   - error: what they are told when so many calls run at a time as may.
  init(pushback: Duration, error: @escaping @Sendable (Int) -> RPCError) {
    self.pushback = pushback
    self.error = error
  }

  /// - Parameter most: how many calls may run at a time.
  func next(_ most: Int) -> Refusal {
    ready.withLock { ready in
      if ready.most != most || ready.all.isEmpty { ready = (most, made(most), 0) }
      ready.next = (ready.next + 1) % Self.variants
      return ready.all[ready.next]
    }
  }

  private func made(_ most: Int) -> [Refusal] {
    let error = error(most)
    return (0..<Self.variants).map { variant in
      let part = 0.5 + Double(variant) / Double(Self.variants - 1)
      return Refusal(error.pushingBack(pushback * part))
    }
  }
}
