import CNghttp2

/// Sending. Nothing here writes to a socket: nghttp2 queues, and the owner drains later.
extension HTTP2Session {
  /// Sends a response's head; its body follows from the stream's output queue.
  func submitResponse(on stream: HTTP2Stream, endStream: Bool, _ fill: (inout HeaderBlock) -> Void) {
    messagesSent &+= 1
    scratch.block.removeAll()
    fill(&scratch.block)
    let result = scratch.block.withPairs { pairs, count in
      if endStream { return nghttp2_submit_response(session, stream.id, pairs, count, nil) }
      var provider = Self.dataProvider()
      return nghttp2_submit_response(session, stream.id, pairs, count, &provider)
    }
    if endStream { stream.output.finish() }
    if result != 0 { submitReset(stream, errorCode: HTTP2ErrorCode.internalError) }
    delegate?.sessionHasOutput(self)
  }

  /// Sends a head that is always the same.
  func submitResponse(on stream: HTTP2Stream, _ head: FixedFields) {
    messagesSent &+= 1
    let result = head.withPairs { pairs, count in
      var provider = Self.dataProvider()
      return nghttp2_submit_response(session, stream.id, pairs, count, &provider)
    }
    if result != 0 { submitReset(stream, errorCode: HTTP2ErrorCode.internalError) }
    delegate?.sessionHasOutput(self)
  }

  /// Opens a stream to the peer.
  ///
  /// - Returns: nil when the session takes no more streams.
  func submitRequest(
    handler: any HTTP2StreamHandler, endStream: Bool, _ fill: (inout HeaderBlock) -> Void
  ) -> HTTP2Stream? {
    scratch.block.removeAll()
    fill(&scratch.block)
    let stream = HTTP2Stream(session: self)
    return scratch.block.withPairs { submitRequest(stream, handler, endStream: endStream, $0, $1) }
      ? stream : nil
  }

  /// The same with a head that is sent many times, which the caller keeps, and fields behind it.
  func submitRequest(
    handler: any HTTP2StreamHandler, _ head: PreparedHead, _ more: HTTPFields?
  ) -> HTTP2Stream? {
    let stream = HTTP2Stream(session: self)
    guard let more else {
      let isTaken = submitRequest(
        stream, handler, endStream: false, head.fields.baseAddress, head.fields.count)
      return isTaken ? stream : nil
    }
    scratch.block.removeAll()
    scratch.block.add(more)
    let isTaken = scratch.block.withPairs(after: head) {
      submitRequest(stream, handler, endStream: false, $0, $1)
    }
    return isTaken ? stream : nil
  }

  private func submitRequest(
    _ stream: HTTP2Stream, _ handler: any HTTP2StreamHandler, endStream: Bool,
    _ pairs: UnsafePointer<nghttp2_nv>?, _ count: Int
  ) -> Bool {
    stream.handler = handler
    stream.sentHead = true
    let user = Unmanaged.passUnretained(stream).toOpaque()
    let id: Int32
    if endStream {
      id = nghttp2_submit_request(session, nil, pairs, count, nil, user)
    } else {
      var provider = Self.dataProvider()
      id = nghttp2_submit_request(session, nil, pairs, count, &provider, user)
    }
    if id < 0 { return false }
    stream.id = id
    if endStream { stream.output.finish() }
    add(stream)
    delegate?.sessionHasOutput(self)
    return true
  }

  func submitReset(_ stream: HTTP2Stream, errorCode: UInt32) {
    dropOutput(of: stream)
    _ = nghttp2_submit_rst_stream(session, UInt8(NGHTTP2_FLAG_NONE.rawValue), stream.id, errorCode)
    delegate?.sessionHasOutput(self)
  }

  /// Lets nghttp2 ask the stream's queue again after it had been empty.
  func resume(_ stream: HTTP2Stream) {
    if stream.isDeferred {
      stream.isDeferred = false
      _ = nghttp2_session_resume_data(session, stream.id)
    }
    delegate?.sessionHasOutput(self)
  }

  func consume(stream id: Int32, _ count: Int) {
    _ = nghttp2_session_consume_stream(session, id, count)
    delegate?.sessionHasOutput(self)
  }

  /// - Returns: whether there were any.
  func submitTrailers(of stream: HTTP2Stream) -> Bool {
    switch stream.output.trailers {
    case .none: return false
    case .fixed(let fields):
      _ = fields.withPairs { nghttp2_submit_trailer(session, stream.id, $0, $1) }
    case .fields(let fields):
      scratch.block.removeAll()
      scratch.block.add(fields)
      _ = scratch.block.withPairs { nghttp2_submit_trailer(session, stream.id, $0, $1) }
    }
    return true
  }

  /// This side's half of the stream ended. A reset that was put off until then can be sent now: nghttp2
  /// drops what is still queued for a stream when it takes the reset.
  func sentEnd(of stream: HTTP2Stream) {
    stream.sentEndStream = true
    guard let errorCode = stream.resetAfterOutput, !stream.receivedEndStream else { return }
    stream.resetAfterOutput = nil
    _ = nghttp2_submit_rst_stream(session, UInt8(NGHTTP2_FLAG_NONE.rawValue), stream.id, errorCode)
  }

  /// A client that says GOAWAY with an error ends the connection because of what the server did.
  func sent(goAway frame: nghttp2_goaway) {
    guard configuration.role == .client, frame.error_code != HTTP2ErrorCode.noError else { return }
    let debug = UnsafeRawBufferPointer(start: frame.opaque_data, count: frame.opaque_data_len)
    delegate?.session(
      self,
      endedFor: fault.error(frame.error_code, debug: String(peerText: debug), hasSettings: hasPeerSettings))
  }

  /// nghttp2 gave a header block up. It sends none of more than 64 KiB.
  func headersNotSent(of stream: HTTP2Stream, isRequest: Bool, reason: Int32) {
    let isTooLarge = reason == NGHTTP2_ERR_FRAME_SIZE_ERROR.rawValue
    stream.headTooLargeToSend = isTooLarge
    if isRequest {
      // The peer said GOAWAY before, or the call was cancelled. nghttp2 closes the stream next, with a
      // code that says nothing of that.
      if !isTooLarge { stream.wasNeverSent = true }
    } else {
      // Nothing else would end the stream.
      _ = nghttp2_submit_rst_stream(
        session, UInt8(NGHTTP2_FLAG_NONE.rawValue), stream.id, HTTP2ErrorCode.internalError)
    }
  }

  private static func dataProvider() -> nghttp2_data_provider {
    var provider = nghttp2_data_provider()
    provider.read_callback = HTTP2Callbacks.readData
    return provider
  }
}
