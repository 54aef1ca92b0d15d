/// Runs `body`, and cancels it when it has not returned after `patience`.
func wait(atMost patience: Duration, for body: @escaping @Sendable () async -> Void) async {
  await withTaskGroup(of: Void.self) { group in
    group.addTask { await body() }
    group.addTask { try? await Task.sleep(for: patience) }
    await group.next()
    group.cancelAll()
  }
}
