import NIOCore
import Synchronization
import WeftHTTP2

/// The answer to a call that streams: its head as late as needed, its messages as soon as possible.
///
/// An error that comes before the head can still be told with its own HTTP status. So the head waits for the
/// first message, but not for ever: a client of a quiet stream must learn that the stream is open.
final class StreamedAnswer: Sendable {
  private let writer: HTTPResponseWriter
  private let format: StreamFormat
  private let lock = StreamWriteLock()
  private let state: Mutex<State>

  private struct State {
    var fields: HTTPFields
    var isHeadWritten = false
    var messages = 0
    var bytes = 0
  }

  init(writer: HTTPResponseWriter, format: StreamFormat, fields: HTTPFields) {
    self.writer = writer
    self.format = format
    var fields = fields
    fields.set("content-type", format.contentType)
    fields.set("cache-control", "no-store")
    // Proxies that collect answers before they pass them on would break streams.
    fields.set("x-accel-buffering", "no")
    state = Mutex(State(fields: fields))
  }

  var isHeadWritten: Bool { state.withLock { $0.isHeadWritten } }
  var messages: Int { state.withLock { $0.messages } }
  var bytes: Int { state.withLock { $0.bytes } }

  /// Adds header fields; those that come after the head are lost.
  func add(_ add: (inout HTTPFields) -> Void) {
    state.withLock { add(&$0.fields) }
  }

  func send(_ json: [UInt8]) async throws {
    try await lock.withMessageTurn {
      try await writeHead()
      let number = state.withLock { state in
        state.messages += 1
        return state.messages
      }
      try await write(format.message(json, number: number))
    }
  }

  /// Ends an answer that is whole.
  func finish() async throws {
    try await lock.withMessageTurn {
      try await writeHead()
      if let completion = format.completion { try await write(completion) }
      try await writer.finish()
    }
  }

  /// Ends the answer with an error: as its last message, or in place of it when nothing was sent yet.
  /// - Parameter fields: header fields for an error in place of the answer.
  /// - Returns: the HTTP status that the client got.
  func fail(_ error: GatewayError, fields: HTTPFields) async throws -> Int {
    try await lock.withMessageTurn {
      if isHeadWritten {
        try await write(format.failure(error.json))
        try await writer.finish()
        return 200
      }
      state.withLock { $0.isHeadWritten = true }
      var answer = Answer(error)
      for (name, value) in fields { answer.fields.add(name, value) }
      state.withLock { $0.bytes = answer.body.readableBytes }
      try await writer.respond(status: answer.status, fields: answer.fields, body: answer.body)
      return answer.status
    }
  }

  /// Runs beside the messages until it is cancelled: opens a stream that stays silent, and keeps it alive.
  func keepOpen(headAfter delay: Duration, commentEvery interval: Duration) async throws {
    try await Task.sleep(for: delay)
    try await lock.withCommentTurn { try await writeHead() }
    guard let comment = format.keepAlive else { return }
    while true {
      try await Task.sleep(for: interval)
      try await lock.withCommentTurn { try await write(comment) }
    }
  }

  private func writeHead() async throws {
    let fields = state.withLock { state -> HTTPFields? in
      guard !state.isHeadWritten else { return nil }
      state.isHeadWritten = true
      return state.fields
    }
    if let fields { try await writer.writeHead(status: 200, fields: fields) }
  }

  private func write(_ part: ByteBuffer) async throws {
    state.withLock { $0.bytes += part.readableBytes }
    try await writer.write(part)
  }
}
