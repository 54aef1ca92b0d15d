import Synchronization

/// How many calls run on a backend, and how many may.
final class RequestLimit: Sendable {
  private let most: Int
  private let running = Atomic<Int>(0)
  private let onChange: @Sendable () -> Void

  init(_ most: Int, onChange: @escaping @Sendable () -> Void) {
    self.most = most
    self.onChange = onChange
  }

  var hasRoom: Bool { running.load(ordering: .relaxed) < most }

  var refusal: GateRefusal? {
    hasRoom
      ? nil
      : GateRefusal(isPending: false, isBrief: true, reason: "\(most) calls run on it, which is the limit")
  }

  func began() -> Bool {
    let before = running.wrappingAdd(1, ordering: .acquiringAndReleasing).oldValue
    if before < most { return true }
    ended()
    return false
  }

  func ended() {
    let before = running.wrappingSubtract(1, ordering: .acquiringAndReleasing).oldValue
    if before == most { onChange() }
  }
}
