import NIOCore

/// Finds out how many calls a server can serve at a time.
///
/// Calls of one window of time are compared with the quickest window before. While they take about as long, the
/// limit grows by its square root; when they take longer, work queues somewhere, and the limit shrinks in the
/// same proportion. When no window has been about as quick for some time, either there is always too much to
/// do, or the calls themselves have become slower: for one window the limit is as low as it may be, which tells
/// what quiet is now. So does a limit that has fallen that low by itself: few at a time are no quicker.
struct AdaptiveLimit {
  struct Settings: Hashable {
    var range: ClosedRange<Int>
    var tolerance: Double
  }

  private enum Phase {
    case normal
    /// The limit is low; what ends now has begun before. For so many windows.
    case settling(Int)
    /// What ends now has run among few.
    case measuring
  }

  private let settings: Settings
  private var limit: Double
  private var phase = Phase.normal
  /// What a call takes when few run. Nanoseconds; 0 while nothing was measured.
  private(set) var quiet = 0.0
  /// When a window last was about that quick.
  private var quietSeen: NIODeadline
  /// Whether that was measured among few calls, and not taken from the first there were, who may have come in a
  /// rush.
  private var isMeasured = false
  private var samples: [Double] = []
  private var windowStart: NIODeadline
  private var mostInFlight = 0
  private var timedOut = 0
  /// Windows, one after another, in which the limit was as low as it gets.
  private var lowWindows = 0

  /// A window ends when it is this long,
  static let windowLength = TimeAmount.milliseconds(100)
  /// and has this many calls.
  static let windowCalls = 10
  /// How long nothing need be quiet before it is measured anew, and how long after the start under load.
  static let quietLife = TimeAmount.seconds(30)
  static let firstQuietLife = TimeAmount.seconds(1)
  /// Windows that are waited for the calls of before.
  private static let maxSettling = 10
  /// Calls whose durations are kept of one window.
  private static let maxSamples = 256
  /// What one window does to the limit.
  private static let smoothing = 0.2
  private static let start = 32
  /// The limit does not fall below this by itself: where half of it is as much as its square root.
  private static let lowest = 4
  /// Windows at the lowest limit until all that ends has begun there.
  private static let windowsToSettle = 2

  init(_ settings: Settings, now: NIODeadline) {
    self.settings = settings
    limit = Double(min(max(Self.start, settings.range.lowerBound), settings.range.upperBound))
    windowStart = now
    quietSeen = now
    samples.reserveCapacity(Self.maxSamples)
  }

  /// Calls that may run at a time.
  var value: Int {
    switch phase {
    case .normal: Int(limit)
    case .settling, .measuring: settings.range.lowerBound
    }
  }

  /// Counts a call that has ended.
  ///
  /// - Parameters:
  ///   - inFlight: calls that ran at its end, itself included.
  ///   - isTimeout: its deadline passed, so that it would have taken longer.
  mutating func record(_ duration: TimeAmount, inFlight: Int, isTimeout: Bool, now: NIODeadline) {
    mostInFlight = max(mostInFlight, inFlight)
    if isTimeout { timedOut += 1 }
    if samples.count < Self.maxSamples { samples.append(Double(max(duration.nanoseconds, 1))) }
    if samples.count >= Self.windowCalls, now - windowStart >= Self.windowLength {
      closeWindow(now, inFlight)
    }
  }

  private mutating func closeWindow(_ now: NIODeadline, _ inFlight: Int) {
    samples.sort()
    let median = samples[samples.count / 2]
    switch phase {
    case .settling(let windows):
      // Handlers that never return must not keep it low.
      let isSettled = inFlight <= settings.range.lowerBound || windows >= Self.maxSettling
      phase = isSettled ? .measuring : .settling(windows + 1)
    case .measuring:
      phase = .normal
      measured(median, now)
    case .normal:
      compare(median, now)
      if now - quietSeen >= (isMeasured ? Self.quietLife : Self.firstQuietLife) { phase = .settling(0) }
    }
    samples.removeAll(keepingCapacity: true)
    mostInFlight = 0
    timedOut = 0
    windowStart = now
  }

  private mutating func measured(_ median: Double, _ now: NIODeadline) {
    quiet = median
    quietSeen = now
    isMeasured = true
    lowWindows = 0
  }

  private mutating func compare(_ median: Double, _ now: NIODeadline) {
    if quiet == 0 || median < quiet { quiet = median }
    lowWindows = value <= max(settings.range.lowerBound, Self.lowest) ? lowWindows + 1 : 0
    if lowWindows > Self.windowsToSettle, timedOut == 0 { measured(median, now) }
    if median <= quiet * 1.2, isMeasured || mostInFlight * 4 < value { quietSeen = now }
    var gradient = min(max(settings.tolerance * quiet / median, 0.5), 1)
    if timedOut * 10 > samples.count { gradient = 0.5 }
    // A limit that is not used proves nothing by not being exceeded.
    if gradient == 1, mostInFlight * 2 < value { return }
    let wanted = limit * gradient + limit.squareRoot()
    let next = limit * (1 - Self.smoothing) + wanted * Self.smoothing
    limit = min(max(next, Double(settings.range.lowerBound)), Double(settings.range.upperBound))
  }
}
