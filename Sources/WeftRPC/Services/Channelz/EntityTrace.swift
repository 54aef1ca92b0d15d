import Synchronization

/// The newest of what happened to a channel, subchannel or server.
final class EntityTrace: Sendable {
  typealias Severity = Grpc_Channelz_V1_ChannelTraceEvent.Severity

  struct Event: Sendable {
    let text: String
    let severity: Severity
    /// Nanoseconds since 1970.
    let time: UInt64
    /// The subchannel that it concerns.
    let child: Int?
  }

  struct Snapshot: Sendable {
    var created: UInt64
    /// Also those that are not kept any more.
    var count: Int
    var events: [Event]
  }

  /// Events that are kept of one entity, and bytes of each.
  private static let maxEvents = 32
  private static let maxLength = 200

  private let state: Mutex<Snapshot>

  /// - Parameter first: what has just happened.
  init(_ first: String) {
    let now = WallClock.now()
    state = Mutex(
      Snapshot(
        created: now, count: 1, events: [Event(text: first, severity: .ctInfo, time: now, child: nil)]))
  }

  func add(_ text: String, _ severity: Severity = .ctInfo, child: Int? = nil) {
    let event = Event(
      text: String(text.prefix(Self.maxLength)), severity: severity, time: WallClock.now(), child: child)
    state.withLock { state in
      state.count += 1
      if state.events.count >= Self.maxEvents { state.events.removeFirst() }
      state.events.append(event)
    }
  }

  var snapshot: Snapshot { state.withLock { $0 } }
}
