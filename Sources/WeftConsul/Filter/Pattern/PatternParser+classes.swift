import WeftProtobuf

/// Escapes and classes.
extension PatternParser {
  /// What follows a backslash.
  mutating func escape(_ flags: Flags) throws(PatternError) -> PatternNode {
    guard let scalar = current else { throw PatternError("trailing backslash at end of expression") }
    switch scalar {
    case "A": return taken(.assertion(.textStart))
    case "z": return taken(.assertion(.textEnd))
    case "b": return taken(.assertion(.wordBoundary))
    case "B": return taken(.assertion(.noWordBoundary))
    case "Q": return try quotation(flags)
    default: break
    }
    if let ranges = shorthand() { return .scalar(ScalarSet(ranges: ranges)) }
    return .scalar(Self.single(try character(), flags))
  }

  private mutating func taken(_ node: PatternNode) -> PatternNode {
    offset += 1
    return node
  }

  /// `\Q...\E`: the characters between, as they are.
  private mutating func quotation(_ flags: Flags) throws(PatternError) -> PatternNode {
    offset += 1
    var nodes: [PatternNode] = []
    while let scalar = current {
      offset += 1
      if scalar == "\\", take("E") { break }
      nodes.append(.scalar(Self.single(scalar, flags)))
    }
    return .sequence(nodes)
  }

  /// `\d` and the like; nil and nothing taken when something else comes.
  private mutating func shorthand() -> [ClosedRange<UInt32>]? {
    let ranges: [ClosedRange<UInt32>]
    switch current {
    case "d": ranges = ScalarSet.digits.ranges
    case "D": ranges = ScalarSet.digits.complement
    case "w": ranges = ScalarSet.words.ranges
    case "W": ranges = ScalarSet.words.complement
    case "s": ranges = ScalarSet.blanks.ranges
    case "S": ranges = ScalarSet.blanks.complement
    default: return nil
    }
    offset += 1
    return ranges
  }

  /// One escaped character, after the backslash.
  private mutating func character() throws(PatternError) -> Unicode.Scalar {
    guard let scalar = current else { throw PatternError("trailing backslash at end of expression") }
    offset += 1
    switch scalar {
    case "a": return "\u{07}"
    case "f": return "\u{0C}"
    case "t": return "\t"
    case "n": return "\n"
    case "r": return "\r"
    case "v": return "\u{0B}"
    case "x": return try hexadecimal()
    default:
      let isPunctuation = scalar.isASCII && !scalar.properties.isAlphabetic && !("0"..."9").contains(scalar)
      guard isPunctuation else { throw PatternError("invalid escape sequence: \\\(scalar)") }
      return scalar
    }
  }

  private mutating func hexadecimal() throws(PatternError) -> Unicode.Scalar {
    let isBraced = take("{")
    var value: UInt32 = 0
    var count = 0
    while count < (isBraced ? 6 : 2), let scalar = current, scalar.isASCII,
      let digit = UInt8(truncatingIfNeeded: scalar.value).hexDigitValue
    {
      value = value << 4 | UInt32(digit)
      count += 1
      offset += 1
    }
    let isComplete = isBraced ? count > 0 && take("}") : count == 2
    guard isComplete, let scalar = Unicode.Scalar(value) else {
      throw PatternError("invalid escape sequence: \\x")
    }
    return scalar
  }

  /// What follows an opening bracket.
  mutating func bracket(_ flags: Flags) throws(PatternError) -> ScalarSet {
    var set = ScalarSet(ignoresCase: flags.ignoresCase)
    set.isNegated = take("^")
    var isFirst = true
    while let scalar = current, scalar != "]" || isFirst {
      isFirst = false
      if scalar == "[", let ranges = try posixClass() {
        set.ranges += ranges
        continue
      }
      if scalar == "\\", offset + 1 < scalars.count {
        offset += 1
        if let ranges = shorthand() {
          set.ranges += ranges
          continue
        }
        offset -= 1
      }
      let low = try member()
      var high = low
      if current == "-", offset + 1 < scalars.count, scalars[offset + 1] != "]" {
        offset += 1
        high = try member()
      }
      guard low.value <= high.value else {
        throw PatternError("invalid character class range: \(low)-\(high)")
      }
      set.ranges.append(low.value...high.value)
    }
    guard take("]") else { throw PatternError("missing closing ]") }
    return set
  }

  private mutating func member() throws(PatternError) -> Unicode.Scalar {
    guard let scalar = current else { throw PatternError("missing closing ]") }
    offset += 1
    return scalar == "\\" ? try character() : scalar
  }

  private static let posixClasses: [String: [ClosedRange<UInt32>]] = [
    "alnum": [0x30...0x39, 0x41...0x5A, 0x61...0x7A], "alpha": [0x41...0x5A, 0x61...0x7A],
    "ascii": [0...0x7F], "blank": [0x09...0x09, 0x20...0x20], "cntrl": [0...0x1F, 0x7F...0x7F],
    "digit": [0x30...0x39], "graph": [0x21...0x7E], "lower": [0x61...0x7A], "print": [0x20...0x7E],
    "punct": [0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E], "space": [0x09...0x0D, 0x20...0x20],
    "upper": [0x41...0x5A], "word": ScalarSet.words.ranges,
    "xdigit": [0x30...0x39, 0x41...0x46, 0x61...0x66],
  ]

  /// `[:alpha:]`, at its bracket; nil and nothing taken when something else comes.
  private mutating func posixClass() throws(PatternError) -> [ClosedRange<UInt32>]? {
    let start = offset
    offset += 1
    guard take(":") else {
      offset = start
      return nil
    }
    let isNegated = take("^")
    var name = ""
    while let scalar = current, scalar.properties.isAlphabetic {
      name.unicodeScalars.append(scalar)
      offset += 1
    }
    guard take(":"), take("]") else {
      offset = start
      return nil
    }
    guard let ranges = Self.posixClasses[name] else {
      throw PatternError("invalid character class range: [:\(name):]")
    }
    return isNegated ? ScalarSet(ranges: ranges).complement : ranges
  }
}
