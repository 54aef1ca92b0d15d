/// Where a piece of work stands in a distributed trace (W3C Trace Context).
///
/// A caller sends its own as `traceparent` and `tracestate`; the work it asks for becomes a child of it.
public struct TraceContext: Sendable, Hashable {
  /// 16 bytes, not all zero, the same for everything in one trace.
  public struct TraceID: Sendable, Hashable {
    public let high: UInt64
    public let low: UInt64

    public init(high: UInt64, low: UInt64) {
      self.high = high
      self.low = low
    }
  }

  public let traceID: TraceID
  /// This piece of work; not zero.
  public let spanID: UInt64
  /// Whether those who record spans should record this one.
  public let isSampled: Bool
  /// Whether the right half of the trace id was drawn at random (level 2 of the recommendation).
  public let isRandom: Bool
  /// What tracing systems pass along beside it, as `tracestate` carries it. Empty for nothing.
  public let state: String

  public init(
    traceID: TraceID, spanID: UInt64, isSampled: Bool, isRandom: Bool = false, state: String = ""
  ) {
    self.traceID = traceID
    self.spanID = spanID
    self.isSampled = isSampled
    self.isRandom = isRandom
    self.state = state
  }

  /// A new trace.
  public static func root(isSampled: Bool) -> TraceContext {
    root(TraceID(high: TraceIDs.next(), low: TraceIDs.next()), isSampled: isSampled)
  }

  static func root(_ id: TraceID, isSampled: Bool) -> TraceContext {
    TraceContext(traceID: id, spanID: TraceIDs.next(), isSampled: isSampled, isRandom: true)
  }

  /// A new piece of work inside this one.
  public func child() -> TraceContext {
    TraceContext(
      traceID: traceID, spanID: TraceIDs.next(), isSampled: isSampled, isRandom: isRandom, state: state)
  }
}

extension TraceContext.TraceID: CustomStringConvertible {
  /// 32 hexadecimal digits.
  public var description: String { Hex.text(high) + Hex.text(low) }
}

extension TraceContext {
  /// 16 hexadecimal digits.
  public var spanText: String { Hex.text(spanID) }
}

/// 64-bit numbers as lower-case hexadecimal digits.
enum Hex {
  static func text(_ value: UInt64) -> String {
    String(unsafeUninitializedCapacity: 16) { digits in
      for index in 0..<16 {
        let digit = UInt8(truncatingIfNeeded: value >> UInt64(60 - 4 * index)) & 15
        digits[index] = digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
      }
      return 16
    }
  }

  /// - Returns: nil when one of the bytes is no lower-case hexadecimal digit.
  static func value(_ digits: some Sequence<UInt8>) -> UInt64? {
    var value: UInt64 = 0
    for byte in digits {
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): value = value << 4 | UInt64(byte - UInt8(ascii: "0"))
      case UInt8(ascii: "a")...UInt8(ascii: "f"): value = value << 4 | UInt64(byte - UInt8(ascii: "a") + 10)
      default: return nil
      }
    }
    return value
  }
}
