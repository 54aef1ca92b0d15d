/// A regular expression in RE2's syntax, as Consul's filters have it, which finds out whether it occurs in a text.
///
/// It follows all alternatives at once (Thompson's construction), so its time is the product of the sizes of text
/// and pattern, whatever either holds: an engine that tries one alternative after another could be kept busy for
/// hours by a request of fifty bytes.
struct Pattern: Sendable {
  private let program: PatternProgram

  init(_ text: String) throws(PatternError) {
    program = try PatternProgram(PatternParser.parse(text))
  }

  /// Whether some part of the text fits.
  func occurs(in text: String) -> Bool {
    var steps = 0
    return occurs(in: text, steps: &steps)
  }

  /// - Parameter steps: raised by how many instructions were looked at.
  func occurs(in text: String, steps: inout Int) -> Bool {
    var run = PatternRun(program: program)
    defer { steps += run.steps }
    return run.occurs(in: text)
  }
}

/// Why a pattern was refused.
struct PatternError: Error, Hashable, CustomStringConvertible {
  let description: String

  init(_ description: String) {
    self.description = description
  }
}

/// The parts of a pattern.
indirect enum PatternNode: Sendable {
  case empty
  case scalar(ScalarSet)
  case assertion(PatternAssertion)
  case sequence([PatternNode])
  case alternatives([PatternNode])
  /// From `least` to `most` times; nil is without end.
  case repeated(PatternNode, least: Int, most: Int?)
}

/// A place in the text.
enum PatternAssertion: Sendable {
  case textStart, textEnd, lineStart, lineEnd, wordBoundary, noWordBoundary
}

/// Characters, by ranges.
struct ScalarSet: Sendable {
  var ranges: [ClosedRange<UInt32>] = []
  var isNegated = false
  var ignoresCase = false

  func contains(_ scalar: Unicode.Scalar) -> Bool {
    var isIn = holds(scalar.value)
    if !isIn, ignoresCase, scalar.isASCII {
      isIn = scalar.properties.isAlphabetic && holds(scalar.value ^ 0x20)
    } else if !isIn, ignoresCase {
      isIn =
        Self.single(scalar.properties.lowercaseMapping).map { holds($0) } ?? false
        || Self.single(scalar.properties.uppercaseMapping).map { holds($0) } ?? false
    }
    return isIn != isNegated
  }

  private func holds(_ value: UInt32) -> Bool { ranges.contains { $0.contains(value) } }

  private static func single(_ text: String) -> UInt32? {
    text.unicodeScalars.count == 1 ? text.unicodeScalars.first?.value : nil
  }

  static let digits = ScalarSet(ranges: [0x30...0x39])
  static let words = ScalarSet(ranges: [0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A])
  static let blanks = ScalarSet(ranges: [0x09...0x0A, 0x0C...0x0D, 0x20...0x20])

  /// What the set does not hold, as a set that is not negated.
  var complement: [ClosedRange<UInt32>] {
    var result: [ClosedRange<UInt32>] = []
    var next: UInt32 = 0
    for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if range.lowerBound > next { result.append(next...(range.lowerBound - 1)) }
      next = max(next, range.upperBound + 1)
    }
    if next <= 0x10FFFF { result.append(next...0x10FFFF) }
    return result
  }
}
