/// Polls until the condition holds, without keeping a core busy.
public func eventually(_ condition: () -> Bool) async throws {
  while !condition() { try await Task.sleep(for: .milliseconds(1)) }
}
