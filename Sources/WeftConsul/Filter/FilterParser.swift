/// Reads a filter.
///
///     or        = and { "or" and }
///     and       = term { "and" term }
///     term      = "not" term | "(" or ")" | condition
///     condition = selector ("==" | "!=" | ["not"] ("contains" | "matches")) value
///               | selector "is" ["not"] "empty"
///               | value ["not"] "in" selector
///     selector  = name { "." name | "[" string "]" }
///     value     = string | number | selector
struct FilterParser {
  /// Longer filters, and deeper nesting, are refused: each level takes stack.
  static let maxBytes = 8_192
  static let maxDepth = 64

  private var scanner: FilterScanner

  static func parse(_ text: String) throws(FilterError) -> FilterExpression {
    guard text.utf8.count <= maxBytes else {
      throw FilterError("the filter has \(text.utf8.count) bytes; at most \(maxBytes) are taken")
    }
    var parser = FilterParser(scanner: FilterScanner(text))
    let expression = try parser.or(depth: 0)
    guard parser.scanner.isAtEnd else {
      throw parser.scanner.fail("\"and\", \"or\" or the end of the filter is wanted here")
    }
    return expression
  }

  private mutating func or(depth: Int) throws(FilterError) -> FilterExpression {
    var left = try and(depth: depth)
    while scanner.take(word: "or") { left = .or(left, try and(depth: depth)) }
    return left
  }

  private mutating func and(depth: Int) throws(FilterError) -> FilterExpression {
    var left = try term(depth: depth)
    while scanner.take(word: "and") { left = .and(left, try term(depth: depth)) }
    return left
  }

  private mutating func term(depth: Int) throws(FilterError) -> FilterExpression {
    guard depth < Self.maxDepth else {
      throw scanner.fail("the filter is nested deeper than \(Self.maxDepth) levels")
    }
    if scanner.take(word: "not") { return .not(try term(depth: depth + 1)) }
    if scanner.take("(") {
      let inner = try or(depth: depth + 1)
      guard scanner.take(")") else { throw scanner.fail("a closing parenthesis is wanted here") }
      return inner
    }
    return .condition(try condition())
  }

  private mutating func condition() throws(FilterError) -> FilterExpression.Condition {
    if let value = try scanner.literal() {
      guard let isNegated = takeIn() else { throw scanner.fail("\"in\" or \"not in\" is wanted here") }
      return try member(value, isNegated: isNegated)
    }
    guard let selector = try scanner.selector() else {
      throw scanner.fail("a selector, a value, \"not\" or a parenthesis is wanted here")
    }
    if scanner.take("==") { return try compare(selector, .equal, isNegated: false) }
    if scanner.take("!=") { return try compare(selector, .equal, isNegated: true) }
    if scanner.take(word: "is") {
      let isNegated = scanner.take(word: "not")
      guard scanner.take(word: "empty") else { throw scanner.fail("\"empty\" is wanted here") }
      return .init(selector: selector, comparison: .isEmpty, value: "", isNegated: isNegated)
    }
    if let isNegated = takeIn() { return try member(selector.joined(separator: "."), isNegated: isNegated) }
    let isNegated = scanner.take(word: "not")
    if scanner.take(word: "contains") { return try compare(selector, .contains, isNegated: isNegated) }
    if scanner.take(word: "matches") { return try compare(selector, .matches, isNegated: isNegated) }
    throw scanner.fail(
      "\"==\", \"!=\", \"in\", \"contains\", \"matches\" or \"is empty\" is wanted here, with \"not\" or without"
    )
  }

  /// `in` (false) or `not in` (true), or nil and nothing taken.
  private mutating func takeIn() -> Bool? {
    if scanner.take(word: "in") { return false }
    let start = scanner
    if scanner.take(word: "not"), scanner.take(word: "in") { return true }
    scanner = start
    return nil
  }

  private mutating func member(
    _ value: String, isNegated: Bool
  ) throws(FilterError) -> FilterExpression.Condition {
    guard let selector = try scanner.selector() else { throw scanner.fail("a selector is wanted here") }
    return .init(selector: selector, comparison: .contains, value: value, isNegated: isNegated)
  }

  private mutating func compare(
    _ selector: [String], _ comparison: FilterExpression.Comparison, isNegated: Bool
  ) throws(FilterError) -> FilterExpression.Condition {
    if let value = try scanner.literal() {
      return .init(selector: selector, comparison: comparison, value: value, isNegated: isNegated)
    }
    guard let value = try scanner.selector() else {
      throw scanner.fail(
        "a value is wanted here; one with other characters than letters and digits needs quotes")
    }
    return .init(
      selector: selector, comparison: comparison, value: value.joined(separator: "."), isNegated: isNegated)
  }
}
