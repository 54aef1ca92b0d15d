/// Decides which addresses to try, in order, until one answers: gRPC's pick-first with RFC 8305's staggered
/// attempts (gRFC A61). Knows no connections and no clock.
struct PickFirst {
  /// How far an address has come. One that is refused has a connection that calls are kept away from.
  enum Progress { case idle, connecting, ready, failed, refused }

  enum Action: Equatable {
    case connect(Int)
    /// Drop its connection or attempt.
    case release(Int)
    /// Call ``step(_:timeIsUp:)`` again after ``attemptDelay``.
    case startTimer
  }

  /// How long an attempt has for itself before the next address is tried beside it (RFC 8305, 5).
  static let attemptDelay: Duration = .milliseconds(250)

  /// The address that has the connection.
  private(set) var chosen: Int?
  /// Nothing is tried until a call asks.
  private(set) var isResting = true
  private var started = 0

  /// Begins anew with another list, or after a rest.
  ///
  /// - Parameter chosen: where the address that has the connection stands in the list.
  mutating func begin(chosen: Int? = nil) {
    self.chosen = chosen
    isResting = false
    started = 0
  }

  /// - Parameters:
  ///   - addresses: how far each has come, in order of preference.
  ///   - timeIsUp: the last attempt had its head start.
  mutating func step(_ addresses: [Progress], timeIsUp: Bool = false) -> [Action] {
    if let chosen {
      if addresses.indices.contains(chosen), addresses[chosen] == .ready { return [] }
      // The connection ended, or may not be used any more. The next call asks for another.
      self.chosen = nil
      isResting = true
    }
    if let ready = addresses.firstIndex(of: .ready) {
      chosen = ready
      isResting = false
      return addresses.indices.filter { $0 != ready && addresses[$0] != .idle }.map { .release($0) }
    }
    if isResting { return [] }
    // Those that were dropped by an earlier decision are tried after all.
    var actions: [Action] = addresses.indices.prefix(started).filter { addresses[$0] == .idle }
      .map { .connect($0) }
    let last = started - 1
    let lastHasFailed =
      addresses.indices.contains(last) && (addresses[last] == .failed || addresses[last] == .refused)
    if started == 0 || timeIsUp || lastHasFailed {
      while started < addresses.count, addresses[started] == .refused { started += 1 }
      guard started < addresses.count else { return actions }
      actions.append(.connect(started))
      started += 1
      if started < addresses.count { actions.append(.startTimer) }
    }
    return actions
  }
}
