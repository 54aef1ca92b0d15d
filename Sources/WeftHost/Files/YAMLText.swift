import WeftProtobuf
import Yams

/// YAML as the JSON that it stands for.
enum YAMLText {
  struct Problem: Error, CustomStringConvertible {
    let description: String
  }

  /// Deeper than any file of ours; a file that refers to itself ends here.
  private static let maxDepth = 64

  /// - Throws: ``Problem`` with the line.
  static func json(_ yaml: String) throws -> [UInt8] {
    let node: Node?
    do {
      node = try Yams.compose(yaml: yaml)
    } catch {
      throw Problem(description: "is neither JSON nor YAML: \(error)")
    }
    guard let node else { throw Problem(description: "is empty") }
    return try value(node, depth: 0).json()
  }

  private static func value(_ node: Node, depth: Int) throws -> Google_Protobuf_Value {
    if depth > maxDepth { throw problem(node, "is nested deeper than \(maxDepth)") }
    var value = Google_Protobuf_Value()
    switch node {
    case .scalar(let scalar): value.kind = kind(scalar)
    case .sequence(let elements):
      value.kind = .listValue(
        try .with { list in list.values = try elements.map { try Self.value($0, depth: depth + 1) } })
    case .mapping(let pairs):
      var object = Google_Protobuf_Struct()
      for (key, element) in pairs {
        guard let name = key.scalar?.string else { throw problem(key, "a key must be plain text") }
        // Yams refuses keys that stand there twice.
        object.fields[name] = try Self.value(element, depth: depth + 1)
      }
      value.kind = .structValue(object)
    case .alias: throw problem(node, "an alias cannot be used here")
    }
    return value
  }

  private static func kind(_ scalar: Node.Scalar) -> Google_Protobuf_Value.OneOf_Kind {
    // Quoted text is text, whatever it looks like.
    guard scalar.style == .plain || scalar.style == .any else { return .stringValue(scalar.string) }
    switch scalar.string {
    case "", "~", "null": return .nullValue(.nullValue)
    case "true": return .boolValue(true)
    case "false": return .boolValue(false)
    default: return .stringValue(scalar.string)
    }
  }

  private static func problem(_ node: Node, _ reason: String) -> Problem {
    Problem(description: (node.mark.map { "line \($0.line): " } ?? "") + reason)
  }
}
