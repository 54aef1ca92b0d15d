import NIOCore
import WeftHTTP2

/// Writes whole answers, large ones no faster than their client takes them.
struct AnswerWriter: Sendable {
  /// The client took nothing for too long.
  struct Stalled: Error {}

  /// Answers up to here are left to the connection in one piece.
  static let pieceBytes = 64 << 10

  let stallTimeout: Duration

  func write(_ answer: ConsulAnswer, to writer: HTTPResponseWriter) async throws {
    if answer.stream == nil, answer.body.readableBytes <= Self.pieceBytes {
      return try await writer.respond(status: answer.status, fields: answer.fields, body: answer.body)
    }
    if let stream = answer.stream { return try await write(stream, to: writer) }
    var fields = answer.fields
    fields.set("content-length", String(answer.body.readableBytes))
    try await writer.writeHead(status: answer.status, fields: fields)
    try await writePieces(of: answer.body, to: writer)
    try await writer.finish()
  }

  private func write(_ stream: AnswerStream, to writer: HTTPResponseWriter) async throws {
    let progress = StallTimer()
    try await progress.watch(patience: stallTimeout) {
      try await stream.produce { head in
        try await writer.writeHead(status: head.status, fields: head.fields)
        progress.advance()
      } _: { piece in
        try await writer.write(piece)
        progress.advance()
      }
    } stalled: {
      Stalled()
    }
    try await writer.finish()
  }

  private func writePieces(of body: ByteBuffer, to writer: HTTPResponseWriter) async throws {
    let progress = StallTimer()
    try await progress.watch(patience: stallTimeout) {
      var rest = body
      while let piece = rest.readSlice(length: min(Self.pieceBytes, rest.readableBytes)),
        piece.readableBytes > 0
      {
        try await writer.write(piece)
        progress.advance()
      }
    } stalled: {
      Stalled()
    }
  }
}
