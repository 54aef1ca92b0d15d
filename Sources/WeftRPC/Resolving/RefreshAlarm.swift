/// Wakes a resolver when its channel asks for a new list, or when time is up. For one task.
final class RefreshAlarm: Sendable {
  private enum Event: Sendable, Equatable { case refresh, timer(Int) }

  private let events: AsyncStream<Event>
  private let continuation: AsyncStream<Event>.Continuation
  private let pump: Task<Void, Never>

  init(_ refreshes: AsyncStream<Void>) {
    let (events, continuation) = AsyncStream.makeStream(of: Event.self, bufferingPolicy: .bufferingNewest(4))
    self.events = events
    self.continuation = continuation
    pump = Task {
      for await _ in refreshes { continuation.yield(.refresh) }
    }
  }

  /// Waits for a request that came since the last wait or comes now, and at most for `limit`. Nil is for ever.
  func wait(atMost limit: Duration?, number: Int) async {
    let timer = limit.map { limit in
      Task { [continuation] in
        do { try await Task.sleep(for: limit) } catch { return }
        continuation.yield(.timer(number))
      }
    }
    for await event in events where event == .refresh || event == .timer(number) { break }
    timer?.cancel()
  }

  func stop() {
    pump.cancel()
    continuation.finish()
  }
}
