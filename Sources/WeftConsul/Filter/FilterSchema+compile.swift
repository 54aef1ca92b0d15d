extension FilterSchema {
  /// The filter that a request asks for; nil when it asks for none.
  func filter(_ text: String?) throws(ConsulError) -> Filter<Record>? {
    guard let text, !text.isEmpty else { return nil }
    do {
      return try compile(try FilterParser.parse(text))
    } catch {
      throw error.answer
    }
  }

  func compile(
    _ expression: FilterExpression, work: FilterWork = FilterWork()
  ) throws(FilterError) -> Filter<Record> {
    Filter(test: try test(expression, work), work: work)
  }

  private typealias Test = @Sendable (Record) -> Bool

  private func test(_ expression: FilterExpression, _ work: FilterWork) throws(FilterError) -> Test {
    switch expression {
    case .and(let left, let right):
      let (left, right) = (try test(left, work), try test(right, work))
      return { left($0) && right($0) }
    case .or(let left, let right):
      let (left, right) = (try test(left, work), try test(right, work))
      return { left($0) || right($0) }
    case .not(let inner):
      let inner = try test(inner, work)
      return { !inner($0) }
    case .condition(let condition):
      return try test(condition, work)
    }
  }

  private func test(
    _ condition: FilterExpression.Condition, _ work: FilterWork
  ) throws(FilterError) -> Test {
    let field = try field(condition.selector)
    let name = condition.selector.joined(separator: ".")
    guard field.kind.takes(condition.comparison) else {
      throw FilterError(
        "Invalid match operator \"\(condition.comparison.rawValue)\" for selector \"\(name)\"")
    }
    let question = try FilterQuestion(condition, kind: field.kind, name: name, work: work)
    let operand = field.operand
    return { question.answer(operand($0)) }
  }
}

/// A condition, ready to be asked.
private struct FilterQuestion: Sendable {
  enum Test: Sendable {
    case equal(String)
    case contains(String)
    case isEmpty
    case matches(Pattern)
  }

  let test: Test
  let isNegated: Bool
  let work: FilterWork

  init(
    _ condition: FilterExpression.Condition, kind: FilterKind, name: String, work: FilterWork
  ) throws(FilterError) {
    self.work = work
    isNegated = condition.isNegated
    let value = condition.value
    switch condition.comparison {
    case .isEmpty: test = .isEmpty
    case .contains: test = .contains(value)
    case .equal:
      switch kind {
      case .integer:
        guard let number = Int(value) else { throw Self.cannotBe(value, "a whole number", name) }
        test = .equal(String(number))
      case .boolean:
        guard let flag = QueryParameters.boolean(value) else {
          throw Self.cannotBe(value, "true or false", name)
        }
        test = .equal(flag ? "true" : "false")
      case .text, .list, .map, .objects: test = .equal(value)
      }
    case .matches:
      do {
        test = .matches(try Pattern(value))
      } catch {
        throw FilterError("Failed to compile regular expression \"\(value.prefix(100))\": \(error)")
      }
    }
  }

  private static func cannotBe(_ value: String, _ kind: String, _ name: String) -> FilterError {
    FilterError("Failed to coerce value \"\(value.prefix(100))\" for selector \"\(name)\": it is not \(kind)")
  }

  func answer(_ operand: FilterOperand) -> Bool {
    switch operand {
    case .any(let operands): operands.contains { answer($0) }
    case .missing: isNegated
    case .text(let text): isTrue(text) != isNegated
    case .list(let list): isTrue(list) != isNegated
    case .map(let map): isTrue(map) != isNegated
    }
  }

  private func isTrue(_ text: String) -> Bool {
    switch test {
    case .equal(let value): text == value
    case .contains(let value): work.search(text, for: value)
    case .isEmpty: text.isEmpty
    case .matches(let pattern): work.search(text, for: pattern)
    }
  }

  private func isTrue(_ list: [String]) -> Bool {
    if case .contains(let value) = test { return list.contains(value) }
    return list.isEmpty
  }

  private func isTrue(_ map: [String: String]) -> Bool {
    if case .contains(let value) = test { return map[value] != nil }
    return map.isEmpty
  }
}
