/// What a client may still say on streams that are gone (RFC 9113, 5.1 and 5.1.1).
///
/// nghttp2 would have to keep every closed stream to tell, some 250 bytes each; and it ignores what it cannot
/// tell. Identifiers only grow, so little has to be kept here: where some were left out, and which streams
/// this side ended while the client was in the middle of something.
struct GoneStreams {
  enum Verdict: Equatable {
    /// It may have been on its way when this side ended the stream.
    case ignore
    case streamClosed
    /// The stream was passed over, and may not be opened any more.
    case neverOpened
  }

  /// The highest identifier that the client has used.
  private(set) var last: Int32 = -1
  private var gaps: [ClosedRange<Int32>] = []
  private var cutShort: [Int32] = []
  /// Up to here, so much was cut short that it was forgotten.
  private var forgottenUpTo: Int32 = -1

  private static let maxGaps = 16
  private static let maxCutShort = 128

  @inline(__always)
  mutating func opened(_ id: Int32) {
    if id > last &+ 2 { skipped((last &+ 2)...(id &- 2)) }
    last = id
  }

  private mutating func skipped(_ gap: ClosedRange<Int32>) {
    if gaps.count == Self.maxGaps { gaps.removeFirst() }
    gaps.append(gap)
  }

  /// This side ended a stream before the client had.
  mutating func wasCutShort(_ id: Int32) {
    if cutShort.count == Self.maxCutShort {
      forgottenUpTo = max(forgottenUpTo, cutShort.removeFirst())
    }
    cutShort.append(id)
  }

  /// - Parameter id: of a stream that is not open, and not above ``last``.
  func verdict(on id: Int32) -> Verdict {
    if gaps.contains(where: { $0.contains(id) }) { return .neverOpened }
    return id <= forgottenUpTo || cutShort.contains(id) ? .ignore : .streamClosed
  }
}
