import CNghttp2
import NIOCore

/// One exchange on a connection. A plain object, not a channel; used on the event loop only.
public final class HTTP2Stream {
  public internal(set) var id: Int32
  /// Nil once the stream is closed, which every session does to all its streams before it goes.
  var session: HTTP2Session?
  var handler: (any HTTP2StreamHandler)?

  // Receiving.
  @exclusivity(unchecked) public internal(set) var head = HTTP2Head()
  /// The head is longer than the limit; what was over it is not in ``head``.
  public internal(set) var headersTooLarge = false
  var hasFinalHead = false
  var receivedEndStream = false
  /// The peer ended the stream by RST_STREAM. When it did not, this side may have.
  package internal(set) var wasResetByPeer = false
  /// What the server did wrong when this side resets the stream for that, where nghttp2 tells.
  package internal(set) var fault: String?
  var resetAfterOutput: UInt32?
  /// ``HTTP2Session/reads`` when the peer opened it.
  var openedInRead: UInt32 = 0
  /// Whether the stream ends with the DATA frame that is being received.
  public internal(set) var dataEndsStream = false

  // Sending.
  // Unchecked: the object is used on one thread, and no access below calls out while it lasts.
  @exclusivity(unchecked) var output = OutputQueue()
  var isDeferred = false
  var wasNeverSent = false
  var sentEndStream = false
  /// A head or trailers of this side were over what HTTP/2 implementations take, and were not sent.
  public internal(set) var headTooLargeToSend = false
  var sentHead = false
  var isAboveHighWater = false
  public internal(set) var isClosed = false

  /// Place in the session's list of live streams.
  var slot = -1

  init(id: Int32 = 0, session: HTTP2Session) {
    self.id = id
    self.session = session
  }

  /// Whether a writer should go on: the queue is below its high-water mark.
  public var isWritable: Bool { !isAboveHighWater }

  /// Whether the peer has ended its half of the stream.
  public var receivedEnd: Bool { receivedEndStream }

  /// Both halves have ended: ``HTTP2StreamHandler/closed(_:errorCode:)`` follows what is told now.
  package var isAboutToClose: Bool { receivedEndStream && sentEndStream }

  /// Bytes queued and not yet framed.
  public var queuedBytes: Int { output.byteCount }

  /// What a handler is told when nghttp2 closes the stream with `errorCode`, which says "refused" of a
  /// request that cannot be sent and knows nothing of one that need not be.
  func closeCode(_ errorCode: UInt32) -> UInt32 {
    if headTooLargeToSend { return HTTP2ErrorCode.internalError }
    return wasNeverSent ? HTTP2ErrorCode.refusedStream : errorCode
  }

  /// Sends a response's head. Ignored on a closed stream, or when a head was sent.
  public func send(head status: Int, fields: HTTPFields, endStream: Bool = false) {
    guard let session, !isClosed, !sentHead else { return }
    sentHead = true
    session.submitResponse(on: self, endStream: endStream) { block in
      block.addStatus(status)
      block.add(fields)
    }
  }

  /// Sends a response's head that is always the same. Ignored on a closed stream, or when a head was sent.
  package func send(head: FixedFields) {
    guard let session, !isClosed, !sentHead else { return }
    sentHead = true
    session.submitResponse(on: self, head)
  }

  /// Queues `count` bytes that `fill` writes. Ignored on a closed or finished stream.
  package func send(_ count: Int, filling fill: (inout ByteBuffer) -> Void) {
    guard let session, !isClosed, !output.isFinished else { return }
    let before = output.byteCount
    output.append(count, spares: &session.scratch.spares, fill)
    queued(output.byteCount - before, in: session)
  }

  /// Queues a part of the body. Ignored on a closed or finished stream.
  public func send(data: ByteBuffer) {
    guard let session, !isClosed, !output.isFinished else { return }
    output.append(data)
    queued(data.readableBytes, in: session)
  }

  /// Queues a part of the body that another thread uses as well: no reference to it is kept when copying it costs
  /// no more than that. Ignored on a closed or finished stream.
  package func send(copyIfSmall data: ByteBuffer) {
    let count = data.readableBytes
    if count > Self.smallBytes { return send(data: data) }
    send(count) { buffer in
      _ = data.withUnsafeReadableBytes { buffer.writeBytes($0) }
    }
  }

  private static let smallBytes = 1024

  private func queued(_ count: Int, in session: HTTP2Session) {
    session.queuedBytes += count
    if output.byteCount >= session.configuration.writeHighWater { isAboveHighWater = true }
    session.resume(self)
  }

  /// Ends this side's half of the stream, with trailers where there are any.
  public func finish(trailers: HTTPFields? = nil) {
    finish(trailers.map { .fields($0) } ?? .none)
  }

  /// Ends this side's half of the stream with trailers that are always the same.
  package func finish(trailers: FixedFields) {
    finish(.fixed(trailers))
  }

  private func finish(_ trailers: OutputQueue.Trailers) {
    guard let session, !isClosed, !output.isFinished else { return }
    output.finish(trailers: trailers)
    session.resume(self)
  }

  /// Ends the stream at once in both directions (RST_STREAM).
  public func reset(_ errorCode: UInt32) {
    guard let session, !isClosed else { return }
    session.submitReset(self, errorCode: errorCode)
  }

  /// Ends the peer's half of a finished stream, once everything that was queued has left (RFC 9113, 8.1).
  public func reset(afterOutput errorCode: UInt32) {
    guard !isClosed, output.isFinished else { return }
    if sentEndStream { return reset(errorCode) }
    resetAfterOutput = errorCode
  }

  /// Opens the peer's window again for bytes that the application is done with.
  public func consume(_ count: Int) {
    guard let session, !isClosed, count > 0 else { return }
    session.consume(stream: id, count)
  }
}
