import NIOCore
import Synchronization

/// A call that wants a place.
protocol AdmissionCandidate: AnyObject, Sendable {
  /// Where its timers may run.
  var eventLoop: any EventLoop { get }
  /// It has the place that it waited for. Called on any thread.
  func admitted(by shedder: LoadShedder)
  /// It has waited for nothing. Called on any thread.
  func refused(_ refusal: Refusal)
}

/// Calls that wait for a place, the first that came first, for a short time.
///
/// What is refused at once comes back at once, from callers that do not heed when they were told to, and serving
/// would soon be the lesser part of the work. A call that waits for some milliseconds may find a place, and costs
/// nothing meanwhile.
struct AdmissionQueue {
  /// A call's place in the queue.
  final class Ticket: Sendable {
    let call: any AdmissionCandidate
    let since: NIODeadline
    private let left = Atomic<Bool>(false)

    init(_ call: any AdmissionCandidate, since: NIODeadline) {
      self.call = call
      self.since = since
    }

    /// The call has ended otherwise, or was taken out from behind others.
    func leave() { left.store(true, ordering: .relaxed) }
    fileprivate var hasLeft: Bool { left.load(ordering: .relaxed) }
  }

  private var tickets = CircularBuffer<Ticket>()

  /// The least that calls wait before they are refused,
  static let patience = TimeAmount.milliseconds(10)
  /// and the most.
  static let maxPatience = TimeAmount.milliseconds(250)
  /// Refusing takes this much of the time: with many who wait, all wait longer.
  private static let timeForEach = TimeAmount.microseconds(40)
  /// Calls that may wait. Further ones are refused at once.
  static let maxCount = 10_000
  /// So far from the front a call of the same loop is looked for: to wake another loop costs as much as many a call.
  private static let reach = 8

  /// Whether nobody waits who has not left.
  mutating func isEmpty() -> Bool {
    dropLeft()
    return tickets.isEmpty
  }
  var isFull: Bool { tickets.count >= Self.maxCount }

  mutating func join(_ call: any AdmissionCandidate, now: NIODeadline) -> Ticket {
    let ticket = Ticket(call, since: now)
    tickets.append(ticket)
    return ticket
  }

  /// How long calls wait now.
  ///
  /// - Parameter quiet: what a call takes in quiet times: having waited for as long again is no hardship.
  func patience(_ quiet: TimeAmount) -> TimeAmount {
    min(max(Self.patience, quiet, Self.timeForEach * tickets.count), Self.maxPatience)
  }

  /// Takes out the next call that still waits: of those in front the first on `loop`, or else the very first.
  mutating func next(on loop: any EventLoop) -> Ticket? {
    dropLeft()
    guard let near = tickets.prefix(Self.reach).first(where: { !$0.hasLeft && $0.call.eventLoop === loop })
    else {
      return tickets.popFirst()
    }
    near.leave()
    return near
  }

  private mutating func dropLeft() {
    while let first = tickets.first, first.hasLeft { tickets.removeFirst() }
  }

  /// Takes those out that have waited for longer than `patience`.
  mutating func expired(_ patience: TimeAmount, now: NIODeadline) -> [Ticket] {
    var expired: [Ticket] = []
    while let first = tickets.first, first.hasLeft || now - first.since >= patience {
      tickets.removeFirst()
      if !first.hasLeft { expired.append(first) }
    }
    return expired
  }

  /// When the first that waits will have waited so long.
  func end(of patience: TimeAmount) -> NIODeadline? { tickets.first.map { $0.since + patience } }
}
