import NIOCore

/// The sending side of one exchange, whichever version of HTTP carries it. On the loop only.
protocol HTTPResponseSink: AnyObject {
  var isWritable: Bool { get }
  func send(status: Int, fields: HTTPFields)
  func send(body: ByteBuffer)
  func finish(trailers: HTTPFields)
  /// Breaks off, so that the peer sees that the answer is not whole.
  func abort()
  /// The answer is complete; whatever is left of the request is not wanted.
  func discardRequest(of exchange: HTTPExchange)
}

/// One request and its answer: joins a connection's callbacks with the task that answers. On the loop only.
final class HTTPExchange {
  let loop: LoopContext
  let body: InboundQueue<ByteBuffer>
  /// Nil once the exchange is over.
  private var sink: (any HTTPResponseSink)?
  private(set) var headWritten = false
  private var isFinished = false
  var writeWaiter: CheckedContinuation<Void, any Error>?
  private var closeError: (any Error)?
  private var task: Task<Void, Never>?

  init(loop: LoopContext, sink: any HTTPResponseSink, body: InboundQueue<ByteBuffer>) {
    self.loop = loop
    self.sink = sink
    self.body = body
  }

  func start(_ responder: any HTTPResponder, _ head: HTTPRequestHead) {
    let writer = HTTPResponseWriter(exchange: LoopBound(self, on: loop.eventLoop))
    let body = HTTPRequestBody(queue: body)
    task = Task(executorPreference: loop) {
      var failure: (any Error)?
      do {
        try await responder.respond(to: head, body: body, writer: writer)
      } catch {
        failure = error
      }
      writer.complete(failed: failure != nil)
    }
  }

  /// The responder returned or threw.
  func complete(failed: Bool) {
    guard let sink else { return }
    if isFinished {
      // What a responder does or fails in after its answer is not the peer's business.
    } else if !headWritten {
      let text = ByteBuffer(string: "internal error\n")
      sink.send(status: 500, fields: HTTPFields.plainText(text.readableBytes))
      sink.send(body: text)
      sink.finish(trailers: [:])
    } else if failed {
      sink.abort()
    } else {
      sink.finish(trailers: [:])
    }
    self.sink = nil
    sink.discardRequest(of: self)
    body.fail(HTTPStreamClosed(errorCode: nil))
  }

  func becameWritable() {
    resumeWriter()
  }

  /// The peer reset the stream or went away.
  func closed(_ error: HTTPStreamClosed) {
    sink = nil
    closeError = error
    body.fail(error)
    resumeWriter(throwing: error)
    task?.cancel()
    task = nil
  }

  func write(head status: Int, _ fields: HTTPFields) throws {
    guard let sink else { throw closeError ?? HTTPStreamClosed(errorCode: nil) }
    if headWritten { throw HTTPWriterMisuse(reason: "the head was written before") }
    try Self.check(fields)
    headWritten = true
    sink.send(status: status, fields: fields)
  }

  /// - Returns: whether the writer should wait before it goes on.
  func write(_ part: ByteBuffer) throws -> Bool {
    guard let sink else { throw closeError ?? HTTPStreamClosed(errorCode: nil) }
    if !headWritten || isFinished {
      throw HTTPWriterMisuse(reason: "a body part needs a head before and no end")
    }
    sink.send(body: part)
    return !sink.isWritable
  }

  func finish(_ trailers: HTTPFields) throws {
    guard let sink else { throw closeError ?? HTTPStreamClosed(errorCode: nil) }
    if !headWritten || isFinished {
      throw HTTPWriterMisuse(reason: "the end needs a head before, and comes once")
    }
    try Self.check(trailers)
    isFinished = true
    sink.finish(trailers: trailers)
  }

  private static func check(_ fields: HTTPFields) throws {
    if let name = fields.firstUnsendable {
      throw HTTPWriterMisuse(reason: "the field \"\(name)\" has characters that cannot be sent")
    }
  }
}

/// Calls on a writer that make no valid answer.
public struct HTTPWriterMisuse: Error, Sendable, CustomStringConvertible {
  public let reason: String
  public var description: String { "response writer: " + reason }
}

extension HTTPExchange: PausableWriter {
  var writability: Result<Void, any Error>? {
    guard let sink else { return .failure(closeError ?? HTTPStreamClosed(errorCode: nil)) }
    return sink.isWritable ? .success(()) : nil
  }

  var secondWriterError: any Error { HTTPWriterMisuse(reason: "one task writes at a time") }
}
