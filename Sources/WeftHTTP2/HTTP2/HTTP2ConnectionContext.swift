/// What a stream handler may know of its connection.
public final class HTTP2ConnectionContext {
  public let peer: PeerInfo
  public let loop: LoopContext
  /// Bytes of requests that are kept until their message is whole or read, over all streams. On the loop only.
  package private(set) var bufferedRequestBytes = 0
  /// The same as the server's budget knows it.
  private var countedRequestBytes = 0
  /// What the last call was for, kept by the layer above: most callers call one method many times.
  package var lastCall: AnyObject?

  /// What is counted here. On the loop only.
  package let record: ConnectionRecord

  init(peer: PeerInfo, loop: LoopContext) {
    self.peer = peer
    self.loop = loop
    record = ConnectionRecord(eventLoop: loop.eventLoop)
  }

  /// Changes smaller than this are not told to the budget, which all loops share.
  private static var countingStep: Int { 64 << 10 }

  /// Counts bytes of requests that are kept, or no longer. On the loop only.
  package func keeps(_ change: Int, in budget: ByteBudget) {
    bufferedRequestBytes += change
    let difference = bufferedRequestBytes - countedRequestBytes
    if abs(difference) < Self.countingStep, bufferedRequestBytes > 0 || countedRequestBytes == 0 { return }
    budget.change(from: countedRequestBytes, to: bufferedRequestBytes)
    countedRequestBytes = bufferedRequestBytes
  }

  /// Whether the server holds too much, and more than an equal part of it for this connection.
  package func isOverShare(of budget: ByteBudget) -> Bool {
    countedRequestBytes > 0 && budget.isOverShare(countedRequestBytes)
  }
}

/// Makes the handlers of the streams that peers open.
public protocol HTTP2StreamHandlerFactory: Sendable {
  /// Called on the connection's loop when a request's head is complete (``HTTP2Stream/head``).
  ///
  /// - Returns: nil to refuse the stream, which the peer may then try elsewhere.
  func makeHandler(
    for stream: HTTP2Stream, on connection: HTTP2ConnectionContext
  ) -> (any HTTP2StreamHandler)?
}

/// Answers every stream with a responder.
struct ResponderFactory: HTTP2StreamHandlerFactory {
  let responder: any HTTPResponder

  func makeHandler(
    for stream: HTTP2Stream, on connection: HTTP2ConnectionContext
  ) -> (any HTTP2StreamHandler)? {
    HTTP2Exchange(stream: stream, connection: connection, responder: responder)
  }
}

/// Makes the handler that lets a responder answer one stream.
public func httpExchangeHandler(
  for stream: HTTP2Stream, on connection: HTTP2ConnectionContext, responder: any HTTPResponder
) -> any HTTP2StreamHandler {
  HTTP2Exchange(stream: stream, connection: connection, responder: responder)
}
