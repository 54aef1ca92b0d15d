/// What a stream handler may know of its connection.
public final class HTTP2ConnectionContext {
  public let peer: PeerInfo
  public let loop: LoopContext
  /// Bytes of requests that are kept until their message is whole, over all streams. On the loop only.
  package var bufferedRequestBytes = 0
  /// What the last call was for, kept by the layer above: most callers call one method many times.
  package var lastCall: AnyObject?

  /// What is counted here. On the loop only.
  package let record: ConnectionRecord

  init(peer: PeerInfo, loop: LoopContext) {
    self.peer = peer
    self.loop = loop
    record = ConnectionRecord(eventLoop: loop.eventLoop)
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
