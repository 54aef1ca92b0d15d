import NIOCore
import Synchronization
import WeftHTTP2

/// Writes whole answers, large ones no faster than their client takes them.
///
/// A client that asks for much and reads nothing must not fill the memory: large answers share a budget, are
/// handed to the connection piece by piece, and are given up when no piece has gone for a while.
struct AnswerWriter: Sendable {
  /// The client took nothing for too long.
  struct Stalled: Error {}

  /// Answers up to here are left to the connection in one piece.
  static let pieceBytes = 64 << 10

  let budget: BodyBudget
  let stallTimeout: Duration

  /// - Returns: the answer that was written: an error in place of one that finds no room.
  func write(_ answer: Answer, to writer: HTTPResponseWriter) async throws -> Answer {
    let size = answer.body.readableBytes
    if size <= Self.pieceBytes {
      try await writer.respond(status: answer.status, fields: answer.fields, body: answer.body)
      return answer
    }
    guard budget.take(size) else {
      let error = GatewayError.tooManyBodies()
      var refusal = Answer(error)
      for name in ["x-request-id", "x-service-name"] {
        if let value = answer.fields[name] { refusal.fields.add(name, value) }
      }
      try await writer.respond(status: refusal.status, fields: refusal.fields, body: refusal.body)
      return refusal
    }
    defer { budget.giveBack(size) }
    try await writeInPieces(answer, to: writer)
    return answer
  }

  private func writeInPieces(_ answer: Answer, to writer: HTTPResponseWriter) async throws {
    var fields = answer.fields
    fields.set("content-length", String(answer.body.readableBytes))
    try await writer.writeHead(status: answer.status, fields: fields)
    let progress = Progress()
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        var body = answer.body
        while let piece = body.readSlice(length: min(Self.pieceBytes, body.readableBytes)),
          piece.readableBytes > 0
        {
          try await writer.write(piece)
          progress.made()
        }
      }
      group.addTask {
        var before = -1
        while progress.pieces != before {
          before = progress.pieces
          try await Task.sleep(for: stallTimeout)
        }
        throw Stalled()
      }
      defer { group.cancelAll() }
      try await group.next()
    }
    try await writer.finish()
  }

  private final class Progress: Sendable {
    private let count = Atomic<Int>(0)

    var pieces: Int { count.load(ordering: .relaxed) }

    func made() { count.add(1, ordering: .relaxed) }
  }
}
