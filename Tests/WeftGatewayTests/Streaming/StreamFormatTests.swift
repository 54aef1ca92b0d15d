import NIOCore
import Testing

@testable import WeftGateway

@Suite("Stream formats")
struct StreamFormatTests {
  @Test(
    "are chosen by the client's Accept",
    arguments: [
      ("", StreamFormat.lines), ("*/*", .lines), ("application/x-ndjson", .lines),
      ("application/json", .lines), ("text/event-stream", .events), ("Text/Event-Stream ;q=0.5", .events),
      ("text/event-stream, application/json", .events), ("application/json, text/event-stream", .lines),
      ("application/json;q=0.5, text/event-stream", .events), ("text/*, application/json;q=0.9", .events),
      ("text/html, */*;q=0.8", .lines), ("text/event-stream;q=0, */*", .lines),
      ("text/event-stream;q=x, application/json;q=0.1", .lines), (",,;;q=1", .lines),
    ])
  func negotiation(accept: String, format: StreamFormat) {
    #expect(StreamFormat.negotiate(AcceptHeader(accept.isEmpty ? [] : [accept])) == format)
  }

  @Test("are refused to a client that takes neither", arguments: ["text/html", "image/*", "*/*;q=0"])
  func unacceptable(accept: String) {
    #expect(StreamFormat.negotiate(AcceptHeader([accept])) == nil)
  }

  @Test("frame messages, errors and the end")
  func framing() {
    func text(_ buffer: ByteBuffer?) -> String? { buffer.map { String(buffer: $0) } }
    let json = Array(#"{"a":1}"#.utf8)
    #expect(text(StreamFormat.lines.message(json, number: 7)) == "{\"a\":1}\n")
    #expect(text(StreamFormat.lines.failure(json)) == "{\"error\":{\"a\":1}}\n")
    #expect(StreamFormat.lines.completion == nil && StreamFormat.lines.keepAlive == nil)
    #expect(
      text(StreamFormat.events.message(json, number: 7)) == "id: 7\nevent: message\ndata: {\"a\":1}\n\n")
    #expect(text(StreamFormat.events.failure(json)) == "event: error\ndata: {\"a\":1}\n\n")
    #expect(text(StreamFormat.events.completion) == "event: end\ndata: {}\n\n")
    #expect(text(StreamFormat.events.keepAlive) == ": still here\n\n")
  }
}
