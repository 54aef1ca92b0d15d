/// Waiting times between attempts that grow and are spread, so that those who failed together do not come
/// back together.
///
/// "Full jitter" as in "Exponential Backoff And Jitter" (AWS Architecture Blog, 2015), but with a floor: never
/// less than half of the step, so that an attempt is never repeated at once.
public struct Backoff: Sendable {
  public let first: Duration
  public let longest: Duration
  private var step: Duration

  public init(first: Duration = .milliseconds(200), longest: Duration = .seconds(5)) {
    self.first = min(first, longest)
    self.longest = longest
    step = self.first
  }

  /// The time to wait before the next attempt.
  public mutating func next() -> Duration {
    let wait = step * Double.random(in: 0.5...1)
    step = min(step * 2, longest)
    return wait
  }

  /// It worked.
  public mutating func reset() {
    step = first
  }
}
