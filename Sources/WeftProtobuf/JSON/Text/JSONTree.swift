/// A JSON text as a tree, for the small documents that tools and pages read.
package indirect enum JSONTree: Sendable {
  case null
  case bool(Bool)
  case int(Int)
  case number(Double)
  case string(String)
  case base64([UInt8])
  case array([JSONTree])
  case object([(key: String, value: JSONTree)])

  package static func optional(_ number: Double?) -> JSONTree { number.map(JSONTree.number) ?? .null }
  package static func optional(_ text: String?) -> JSONTree { text.map(JSONTree.string) ?? .null }

  package static func strings(_ values: [String]) -> JSONTree { .array(values.map { .string($0) }) }

  /// An object with the members in the order of their names.
  package static func strings(_ values: [String: String]) -> JSONTree {
    .object(values.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) })
  }

  package func write(to output: inout JSONOutput) {
    switch self {
    case .null: output.null()
    case .bool(let value): output.boolean(value)
    case .int(let value): output.integer(value)
    case .number(let value): output.number(value)
    case .string(let value): output.string(value)
    case .base64(let value): output.base64(value)
    case .array(let values): output.array(values) { $1.write(to: &$0) }
    case .object(let members):
      output.beginObject()
      for (key, value) in members {
        output.key(key)
        value.write(to: &output)
      }
      output.endObject()
    }
  }

  /// On one line.
  package func bytes(escaping: JSONEscaping) -> [UInt8] {
    var output = JSONOutput(escaping: escaping)
    write(to: &output)
    return output.bytes
  }

  /// Indented by two and with a line break at the end, so that people can read it as well.
  package func rendered() -> String {
    var output = JSONOutput(escaping: .standard, indentation: 2)
    write(to: &output)
    return output.text + "\n"
  }
}
