import NIOCore
import WeftHTTP2
import WeftProtobuf

/// A whole answer, before it is written.
struct ConsulAnswer: Sendable {
  var status = 200
  var fields: HTTPFields = [:]
  var body = ByteBuffer()
  /// Makes head and body while they are written, in the place of ``fields`` and ``body``.
  var stream: AnswerStream?

  /// Nothing but success.
  static let empty = ConsulAnswer()

  static func json(_ output: JSONOutput, status: Int = 200) -> ConsulAnswer {
    ConsulAnswer(status: status, fields: jsonFields, body: ByteBuffer(bytes: output.bytes))
  }

  static func json(status: Int = 200, _ write: (inout JSONOutput) -> Void) -> ConsulAnswer {
    var output = JSONOutput(escaping: .markup)
    write(&output)
    return json(output, status: status)
  }

  static func json(_ value: Bool) -> ConsulAnswer {
    ConsulAnswer(fields: jsonFields, body: ByteBuffer(string: value ? "true" : "false"))
  }

  static func text(_ text: String, status: Int = 200) -> ConsulAnswer {
    ConsulAnswer(
      status: status, fields: ["content-type": "text/plain; charset=utf-8"], body: ByteBuffer(string: text))
  }

  static func failure(_ error: ConsulError) -> ConsulAnswer { text(error.message, status: error.status) }

  /// The client asks too often.
  static func tooMany(retryAfter delay: Duration) -> ConsulAnswer {
    let seconds = delay.components.seconds + (delay.components.attoseconds > 0 ? 1 : 0)
    return text("Too many requests; try again in \(seconds) s", status: 429).with(
      "retry-after", String(seconds))
  }

  private static let jsonFields: HTTPFields = ["content-type": "application/json"]

  /// The answer with what readers want to know of the state that it shows.
  /// - Parameter consistency: how fresh it is, where Consul says that too.
  func at(index: UInt64, consistency: Consistency? = nil) -> ConsulAnswer {
    var answer = self
    answer.fields.add("x-consul-index", String(max(index, 1)))
    answer.fields.add("x-consul-knownleader", "true")
    answer.fields.add("x-consul-lastcontact", "0")
    if let consistency { answer.fields.add("x-consul-effective-consistency", consistency.rawValue) }
    return answer
  }

  /// The answer with one more field.
  func with(_ name: String, _ value: String) -> ConsulAnswer {
    var answer = self
    answer.fields.set(name, value)
    return answer
  }

  var isJSON: Bool { fields["content-type"] == "application/json" }

  /// The answer laid out for people, if it is JSON.
  var indented: ConsulAnswer {
    guard isJSON, body.readableBytes > 0 else { return self }
    var answer = self
    answer.body = ByteBuffer(bytes: JSONIndentation.indent(Array(body.readableBytesView)))
    return answer
  }
}
