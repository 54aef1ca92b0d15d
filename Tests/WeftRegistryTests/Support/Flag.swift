import Synchronization

/// Something that has happened, or not yet.
final class Flag: Sendable {
  private let state = Atomic(false)

  func raise() { state.store(true, ordering: .sequentiallyConsistent) }

  var isRaised: Bool { state.load(ordering: .sequentiallyConsistent) }
}

/// Polls until the condition holds, without keeping a core busy.
func eventually(_ condition: () -> Bool) async throws {
  while !condition() { try await Task.sleep(for: .milliseconds(1)) }
}
