import NIOCore
import Synchronization
import WeftHTTP2

/// Writes whole answers, large ones no faster than their client takes them.
struct AnswerWriter: Sendable {
  /// The client took nothing for too long.
  struct Stalled: Error {}

  /// Answers up to here are left to the connection in one piece.
  static let pieceBytes = 64 << 10

  let stallTimeout: Duration

  func write(_ answer: ConsulAnswer, to writer: HTTPResponseWriter) async throws {
    if answer.body.readableBytes <= Self.pieceBytes {
      return try await writer.respond(status: answer.status, fields: answer.fields, body: answer.body)
    }
    var fields = answer.fields
    fields.set("content-length", String(answer.body.readableBytes))
    try await writer.writeHead(status: answer.status, fields: fields)
    try await writePieces(of: answer.body, to: writer)
    try await writer.finish()
  }

  private final class Progress: Sendable {
    let pieces = Atomic<Int>(0)
  }

  private func writePieces(of body: ByteBuffer, to writer: HTTPResponseWriter) async throws {
    let progress = Progress()
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        var rest = body
        while let piece = rest.readSlice(length: min(Self.pieceBytes, rest.readableBytes)),
          piece.readableBytes > 0
        {
          try await writer.write(piece)
          progress.pieces.add(1, ordering: .relaxed)
        }
      }
      group.addTask {
        var before = -1
        while true {
          let now = progress.pieces.load(ordering: .relaxed)
          if now == before { throw Stalled() }
          before = now
          try await Task.sleep(for: stallTimeout)
        }
      }
      defer { group.cancelAll() }
      try await group.next()
    }
  }
}
