import WeftProtobuf

/// Finds what has no JSON form: it could be stored by an RPC client, and never be read through the gateway.
enum ContentCheck {
  struct Problem: Hashable {
    let field: String
    let reason: String
  }

  /// Enough to mend a mistake by; a hostile request gets no longer answer.
  static let maxProblems = 10

  static func problems(in content: Google_Protobuf_Struct, path: String) -> [Problem] {
    var problems: [Problem] = []
    check(content, path, &problems)
    return problems
  }

  private static func check(_ content: Google_Protobuf_Struct, _ path: String, _ problems: inout [Problem]) {
    for (key, value) in content.fields.sorted(by: { $0.key < $1.key }) {
      check(value, "\(path).\(key.prefix(80))", &problems)
    }
  }

  private static func check(_ value: Google_Protobuf_Value, _ path: String, _ problems: inout [Problem]) {
    guard problems.count < maxProblems else { return }
    switch value.kind {
    case nil: problems.append(Problem(field: path, reason: "has no value; null is a value too"))
    case .numberValue(let number) where !number.isFinite:
      problems.append(Problem(field: path, reason: "must be a finite number: JSON has no \(number)"))
    case .structValue(let content): check(content, path, &problems)
    case .listValue(let list):
      for (index, element) in list.values.enumerated() { check(element, "\(path)[\(index)]", &problems) }
    default: break
    }
  }
}
