/// Reads a pattern in RE2's syntax. Classes by Unicode property (`\pL`) are not known.
struct PatternParser {
  static let maxScalars = 1_000
  static let maxDepth = 100
  /// The largest count in `{n,m}`, which is RE2's.
  static let maxCount = 1_000

  struct Flags {
    var ignoresCase = false
    var isMultiline = false
    var dotTakesNewlines = false
  }

  let scalars: [Unicode.Scalar]
  var offset = 0

  static func parse(_ text: String) throws(PatternError) -> PatternNode {
    let scalars = Array(text.unicodeScalars.prefix(maxScalars + 1))
    guard scalars.count <= maxScalars else { throw PatternError("it has more than \(maxScalars) characters") }
    var parser = PatternParser(scalars: scalars)
    var flags = Flags()
    let node = try parser.alternatives(&flags, depth: 0)
    if parser.offset < scalars.count { throw PatternError("unexpected ): it opens nowhere") }
    return node
  }

  var current: Unicode.Scalar? { offset < scalars.count ? scalars[offset] : nil }

  mutating func take(_ scalar: Unicode.Scalar) -> Bool {
    guard current == scalar else { return false }
    offset += 1
    return true
  }

  private mutating func alternatives(_ flags: inout Flags, depth: Int) throws(PatternError) -> PatternNode {
    guard depth < Self.maxDepth else {
      throw PatternError("it is nested deeper than \(Self.maxDepth) levels")
    }
    var nodes = [try sequence(&flags, depth: depth)]
    while take("|") { nodes.append(try sequence(&flags, depth: depth)) }
    return nodes.count == 1 ? nodes[0] : .alternatives(nodes)
  }

  private mutating func sequence(_ flags: inout Flags, depth: Int) throws(PatternError) -> PatternNode {
    var nodes: [PatternNode] = []
    while let scalar = current, scalar != "|", scalar != ")" {
      let node = try atom(&flags, depth: depth)
      nodes.append(try repetition(of: node))
    }
    return nodes.count == 1 ? nodes[0] : .sequence(nodes)
  }

  private mutating func repetition(of node: PatternNode) throws(PatternError) -> PatternNode {
    guard let (least, most) = try count() else { return node }
    // Whether it takes much or little makes no difference to whether it occurs.
    _ = take("?")
    if try count() != nil { throw PatternError("a repetition of a repetition needs parentheses") }
    return .repeated(node, least: least, most: most)
  }

  private mutating func count() throws(PatternError) -> (Int, Int?)? {
    if take("*") { return (0, nil) }
    if take("+") { return (1, nil) }
    if take("?") { return (0, 1) }
    let start = offset
    guard take("{") else { return nil }
    let least = try number()
    var most = least
    if least != nil, take(",") { most = try number() }
    let isOpen = least != nil && most == nil
    guard let least, take("}") else {
      // As in RE2, a brace that begins no count is a character.
      offset = start
      return nil
    }
    if let most, most < least { throw PatternError("invalid repeat count: {\(least),\(most)}") }
    return (least, isOpen ? nil : most)
  }

  private mutating func number() throws(PatternError) -> Int? {
    var value: Int?
    while let scalar = current, ("0"..."9").contains(scalar) {
      value = (value ?? 0) * 10 + Int(scalar.value - 0x30)
      if let value, value > Self.maxCount {
        throw PatternError("invalid repeat count: more than \(Self.maxCount)")
      }
      offset += 1
    }
    return value
  }

  private mutating func atom(_ flags: inout Flags, depth: Int) throws(PatternError) -> PatternNode {
    guard let scalar = current else { return .empty }
    offset += 1
    switch scalar {
    case "(": return try group(&flags, depth: depth)
    case "[": return .scalar(try bracket(flags))
    case ".":
      return .scalar(ScalarSet(ranges: flags.dotTakesNewlines ? [] : [0x0A...0x0A], isNegated: true))
    case "^": return .assertion(flags.isMultiline ? .lineStart : .textStart)
    case "$": return .assertion(flags.isMultiline ? .lineEnd : .textEnd)
    case "*", "+", "?": throw PatternError("missing argument to repetition operator: \(scalar)")
    case "\\": return try escape(flags)
    default: return .scalar(Self.single(scalar, flags))
    }
  }

  static func single(_ scalar: Unicode.Scalar, _ flags: Flags) -> ScalarSet {
    ScalarSet(ranges: [scalar.value...scalar.value], ignoresCase: flags.ignoresCase)
  }

  private mutating func group(_ flags: inout Flags, depth: Int) throws(PatternError) -> PatternNode {
    var inner = flags
    if take("?") {
      if take("P") || current == "<" {
        guard take("<") else { throw PatternError("invalid or unsupported Perl syntax: (?P") }
        while let scalar = current, scalar != ">" { offset += scalar == ")" ? scalars.count : 1 }
        guard take(">") else { throw PatternError("invalid named capture") }
      } else if try readFlags(&inner) {
        // `(?i)` holds for the rest of the group that it stands in.
        flags = inner
        return .empty
      }
    }
    let node = try alternatives(&inner, depth: depth + 1)
    guard take(")") else { throw PatternError("missing closing )") }
    return node
  }

  /// - Returns: whether the group ends with the flags.
  private mutating func readFlags(_ flags: inout Flags) throws(PatternError) -> Bool {
    var value = true
    while let scalar = current {
      offset += 1
      switch scalar {
      case "i": flags.ignoresCase = value
      case "m": flags.isMultiline = value
      case "s": flags.dotTakesNewlines = value
      case "U": break
      case "-" where value: value = false
      case ":": return false
      case ")": return true
      default: throw PatternError("invalid or unsupported Perl syntax: (?\(scalar)")
      }
    }
    throw PatternError("missing closing )")
  }
}
