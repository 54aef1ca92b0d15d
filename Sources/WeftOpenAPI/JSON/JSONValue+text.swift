import WeftProtobuf

extension JSONValue {
  /// The value as JSON (RFC 8259), indented by two blanks a level, and with a line break at the end.
  var text: String {
    var output = JSONOutput(escaping: .standard, indentation: 2)
    write(to: &output)
    return output.text + "\n"
  }

  private func write(to output: inout JSONOutput) {
    switch self {
    case .null: output.null()
    case .bool(let value): output.boolean(value)
    case .integer(let value): output.integer(value)
    case .string(let value): output.string(value)
    case .array(let values): output.array(values) { $1.write(to: &$0) }
    case .object(let object):
      output.beginObject()
      for member in object.members {
        output.key(member.name)
        member.value.write(to: &output)
      }
      output.endObject()
    }
  }
}
