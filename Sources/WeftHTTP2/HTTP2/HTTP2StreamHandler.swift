/// What becomes of a stream's input. All calls come on the connection's event loop, and none may
/// call back into the session's `receive`; sending on the stream is fine.
public protocol HTTP2StreamHandler: AnyObject {
  /// A request's or the final response's head came: ``HTTP2Stream/head``.
  func receivedHead(on stream: HTTP2Stream)
  /// A part of the body. The bytes are valid during the call only. Their flow-control window opens
  /// again when ``HTTP2Stream/consume(_:)`` is called for them.
  func received(data: UnsafeRawBufferPointer, on stream: HTTP2Stream)
  func received(trailers: HTTPFields, on stream: HTTP2Stream)
  /// The peer sends no more.
  func receivedEnd(on stream: HTTP2Stream)
  /// Fewer bytes than the low-water mark are queued for sending, after there were more.
  func becameWritable(_ stream: HTTP2Stream)
  /// The stream is gone; nothing can be sent on it. Called exactly once.
  ///
  /// - Parameter errorCode: ``HTTP2ErrorCode/noError`` after a clean end on both sides.
  func closed(_ stream: HTTP2Stream, errorCode: UInt32)
}

/// What a session asks of its owner.
protocol HTTP2SessionDelegate: AnyObject {
  /// A peer opened a stream. Without a handler it is refused.
  func session(_ session: HTTP2Session, handlerFor stream: HTTP2Stream) -> (any HTTP2StreamHandler)?
  /// There is something to send.
  func sessionHasOutput(_ session: HTTP2Session)
  /// The peer's settings came, at first or changed.
  func sessionReceivedSettings(_ session: HTTP2Session)
  /// The peer opens no more streams and answers none above `lastStreamID`.
  func session(_ session: HTTP2Session, receivedGoAway lastStreamID: Int32, errorCode: UInt32, debug: String)
  /// This side has said GOAWAY for what the peer did. Clients only.
  func session(_ session: HTTP2Session, endedFor error: HTTP2ConnectionError)
  func sessionReceivedPing(_ session: HTTP2Session)
  func session(_ session: HTTP2Session, receivedPingAck payload: UInt64)
  func session(_ session: HTTP2Session, closed stream: HTTP2Stream)
}

extension HTTP2SessionDelegate {
  /// Servers need not know.
  func session(_ session: HTTP2Session, endedFor error: HTTP2ConnectionError) {}
}
