import NIOCore
import Synchronization
import WeftHTTP2

/// Answers the calls that come as a script says, one step for each, and remembers what they sent. The last
/// step is repeated.
final class ScriptedPeer: HTTPResponder {
  enum Step: Sendable {
    /// A status alone, without reading the request.
    case status(Int, HTTPFields = [:])
    /// The same, after the whole request was read.
    case statusAtEnd(Int, HTTPFields = [:])
    /// A message, then a status.
    case message(String, status: Int = 0)
    /// A head at once, and the request's messages back at its end.
    case echo
    /// Nothing, until the call is broken off.
    case silence
    /// An answer in HTTP alone.
    case http(Int)
  }

  struct Call: Sendable {
    var fields: HTTPFields
    var body: [UInt8] = []
    var wasBrokenOff = false
  }

  private let steps: [Step]
  private let seen = Mutex<[Call]>([])
  private let events = AsyncStream.makeStream(of: Void.self)

  init(_ steps: Step...) {
    self.steps = steps
  }

  var calls: [Call] { seen.withLock { $0 } }

  /// Waits until what was seen is as it should be. One waiter.
  func wait(until condition: ([Call]) -> Bool) async {
    var events = events.stream.makeAsyncIterator()
    while !condition(calls) { _ = await events.next() }
  }

  private func note(_ body: (inout [Call]) -> Void) {
    seen.withLock { body(&$0) }
    events.continuation.yield()
  }

  func respond(
    to request: HTTPRequestHead, body: HTTPRequestBody, writer: HTTPResponseWriter
  ) async throws {
    let number = seen.withLock { $0.count }
    note { $0.append(Call(fields: request.fields)) }
    do {
      try await answer(number, body, writer)
    } catch {
      note { $0[number].wasBrokenOff = true }
      throw error
    }
  }

  private func answer(_ number: Int, _ body: HTTPRequestBody, _ writer: HTTPResponseWriter) async throws {
    switch steps[min(number, steps.count - 1)] {
    case .status(let code, let more): try await end(code, more, writer)
    case .statusAtEnd(let code, let more):
      try await read(number, body)
      try await end(code, more, writer)
    case .message(let text, let status):
      try await read(number, body)
      try await writer.writeHead(status: 200, fields: Self.head)
      try await writer.write(ByteBuffer(bytes: Self.framed(text)))
      try await writer.finish(trailers: ["grpc-status": "\(status)"])
    case .echo:
      try await writer.writeHead(status: 200, fields: Self.head)
      try await read(number, body)
      try await writer.write(ByteBuffer(bytes: calls[number].body))
      try await writer.finish(trailers: ["grpc-status": "0"])
    case .silence:
      try await read(number, body)
      try await Task.sleep(for: .seconds(3600))
    case .http(let status):
      try await writer.writeHead(status: status, fields: ["content-type": "text/plain"])
      try await writer.finish()
    }
  }

  private func read(_ number: Int, _ body: HTTPRequestBody) async throws {
    for try await part in body { note { $0[number].body += part.readableBytesView } }
  }

  private func end(_ code: Int, _ more: HTTPFields, _ writer: HTTPResponseWriter) async throws {
    var fields = Self.head
    fields.add("grpc-status", "\(code)")
    for field in more { fields.add(field.name, field.value) }
    try await writer.writeHead(status: 200, fields: fields)
    try await writer.finish()
  }

  private static let head: HTTPFields = ["content-type": "application/grpc"]

  /// A `google.protobuf.StringValue` of fewer than 100 bytes as it stands on the wire.
  static func framed(_ text: String) -> [UInt8] {
    let text = Array(text.utf8)
    return [0, 0, 0, 0, UInt8(text.count + 2), 0x0a, UInt8(text.count)] + text
  }
}
