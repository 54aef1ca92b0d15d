/// What a selector finds in a record.
enum FilterOperand: Sendable {
  case text(String)
  case list([String])
  case map([String: String])
  /// A question to any of several; one that says yes is enough.
  case any([FilterOperand])
  /// A key that a map does not have.
  case missing
}

/// What can be asked of a field.
enum FilterKind: Sendable {
  case text, integer, boolean, list, map
  /// Objects: whether there are any is all that can be asked.
  case objects

  func takes(_ comparison: FilterExpression.Comparison) -> Bool {
    switch (self, comparison) {
    case (.text, .isEmpty): false
    case (.text, _), (.integer, .equal), (.boolean, .equal): true
    case (.list, .contains), (.list, .isEmpty), (.map, .contains), (.map, .isEmpty): true
    case (.objects, .isEmpty): true
    default: false
    }
  }
}

/// Something that a filter can ask of a record.
struct FilterField<Record>: Sendable {
  let kind: FilterKind
  let operand: @Sendable (Record) -> FilterOperand

  static func text(_ get: @escaping @Sendable (Record) -> String) -> Self {
    Self(kind: .text) { .text(get($0)) }
  }

  static func integer(_ get: @escaping @Sendable (Record) -> Int) -> Self {
    Self(kind: .integer) { .text(String(get($0))) }
  }

  static func boolean(_ get: @escaping @Sendable (Record) -> Bool) -> Self {
    Self(kind: .boolean) { .text(get($0) ? "true" : "false") }
  }

  static func list(_ get: @escaping @Sendable (Record) -> [String]) -> Self {
    Self(kind: .list) { .list(get($0)) }
  }

  /// Objects: `get` names them.
  static func objects(_ get: @escaping @Sendable (Record) -> [String]) -> Self {
    Self(kind: .objects) { .list(get($0)) }
  }

  static func map(_ get: @escaping @Sendable (Record) -> [String: String]) -> Self {
    Self(kind: .map) { .map(get($0)) }
  }
}

/// The fields that a filter can ask of one kind of record, by their selectors.
///
/// A selector that goes one name beyond a map asks for the value of that key.
struct FilterSchema<Record>: Sendable {
  private(set) var fields: [String: FilterField<Record>]

  init(_ fields: [String: FilterField<Record>]) {
    self.fields = fields
  }

  /// Adds the fields of a part of the record.
  func adding<Part>(
    _ name: String, _ schema: FilterSchema<Part>, _ part: @escaping @Sendable (Record) -> Part
  ) -> Self {
    var result = self
    for (selector, field) in schema.fields {
      result.fields["\(name).\(selector)"] = FilterField(kind: field.kind) { field.operand(part($0)) }
    }
    return result
  }

  /// Adds the fields of each of several parts: it is enough that one of them fits.
  func addingEach<Part>(
    _ name: String, _ schema: FilterSchema<Part>, _ parts: @escaping @Sendable (Record) -> [Part]
  ) -> Self {
    var result = self
    result.fields[name] = FilterField(kind: .objects) { record in .list(parts(record).map { _ in "" }) }
    for (selector, field) in schema.fields {
      result.fields["\(name).\(selector)"] = FilterField(kind: field.kind) { record in
        .any(parts(record).map(field.operand))
      }
    }
    return result
  }

  func field(_ selector: [String]) throws(FilterError) -> FilterField<Record> {
    if let field = fields[selector.joined(separator: ".")] { return field }
    if let key = selector.last, let map = fields[selector.dropLast().joined(separator: ".")], map.kind == .map
    {
      return FilterField(kind: .text) { Self.value(of: key, in: map.operand($0)) }
    }
    throw FilterError("Selector \"\(selector.joined(separator: "."))\" is not valid")
  }

  private static func value(of key: String, in operand: FilterOperand) -> FilterOperand {
    switch operand {
    case .map(let map): map[key].map { .text($0) } ?? .missing
    case .any(let operands): .any(operands.map { value(of: key, in: $0) })
    case .text, .list, .missing: .missing
    }
  }
}
