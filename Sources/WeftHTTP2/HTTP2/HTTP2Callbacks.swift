import CNghttp2

/// A table of nghttp2 callbacks: one is shared by every session of servers, another by every one of clients.
///
/// Each callback gets the session object through its user data. The object outlives the call, because
/// nghttp2 calls back only from inside `mem_recv` and `mem_send`, which methods of that object make.
struct HTTP2Callbacks: @unchecked Sendable {
  // Sound as `Sendable`: the table is filled once and only read by nghttp2 afterwards.
  let pointer: OpaquePointer?

  static let server = HTTP2Callbacks()
  /// Clients tell their callers what a server did wrong, which costs more than servers have for a peer in the wrong.
  static let client = HTTP2Callbacks(tellsFaults: true)

  private init(tellsFaults: Bool = false) {
    var callbacks: OpaquePointer?
    guard nghttp2_session_callbacks_new(&callbacks) == 0 else {
      pointer = nil
      return
    }
    nghttp2_session_callbacks_set_on_begin_frame_callback(callbacks, Self.onBeginFrame)
    nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks, Self.onBeginHeaders)
    nghttp2_session_callbacks_set_on_header_callback2(callbacks, Self.onHeader)
    nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, Self.onFrame)
    nghttp2_session_callbacks_set_on_invalid_frame_recv_callback(callbacks, Self.onInvalidFrame)
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, Self.onData)
    nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, Self.onStreamClose)
    nghttp2_session_callbacks_set_on_frame_send_callback(callbacks, Self.onFrameSent)
    nghttp2_session_callbacks_set_on_frame_not_send_callback(callbacks, Self.onFrameNotSent)
    if tellsFaults { nghttp2_session_callbacks_set_error_callback2(callbacks, Self.onError) }
    pointer = callbacks
  }

  /// Calls `body` with the session, without counting the reference: its owner holds it all the while.
  @inline(__always)
  private static func with(_ user: UnsafeMutableRawPointer?, _ body: (HTTP2Session) -> Void) -> Int32 {
    if let user { Unmanaged<HTTP2Session>.fromOpaque(user)._withUnsafeGuaranteedRef(body) }
    return 0
  }

  private static let onBeginFrame: nghttp2_on_begin_frame_callback = { _, head, user in
    guard let head else { return 0 }
    return with(user) { $0.began(frame: head.pointee) }
  }

  private static let onBeginHeaders: nghttp2_on_begin_headers_callback = { _, frame, user in
    guard let frame else { return 0 }
    return with(user) { session in
      session.isInsideHeaderBlock = true
      session.beginHeaders(streamID: frame.pointee.hd.stream_id, category: frame.pointee.headers.cat)
    }
  }

  private static let onHeader: nghttp2_on_header_callback2 = { _, _, name, value, _, user in
    guard let name, let value else { return 0 }
    var isWanted = true
    _ = with(user) { isWanted = $0.addHeader(name: name, value: value) }
    // What is left of the block is decoded without a look at it: the tables must stay in step.
    return isWanted ? 0 : NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE.rawValue
  }

  private static let onFrame: nghttp2_on_frame_recv_callback = { _, frame, user in
    guard let frame else { return 0 }
    return with(user) { session in
      session.frameEvents &+= 1
      session.received(frame: frame)
    }
  }

  private static let onInvalidFrame: nghttp2_on_invalid_frame_recv_callback = { _, frame, reason, user in
    guard let frame else { return 0 }
    return with(user) { $0.receivedInvalidFrame(on: frame.pointee.hd.stream_id, reason: reason) }
  }

  private static let onError: nghttp2_error_callback2 = { _, reason, text, count, user in
    guard let text else { return 0 }
    return with(user) { session in
      session.fault.said(reason, UnsafeRawBufferPointer(start: text, count: count))
    }
  }

  private static let onData: nghttp2_on_data_chunk_recv_callback = { _, flags, id, data, count, user in
    with(user) { session in
      session.received(
        data: UnsafeRawBufferPointer(start: data, count: count), streamID: id,
        endsStream: flags & UInt8(NGHTTP2_FLAG_END_STREAM.rawValue) != 0)
    }
  }

  private static let onStreamClose: nghttp2_on_stream_close_callback = { _, id, errorCode, user in
    with(user) { session in
      guard let stream = session.stream(id) else { return }
      session.isGone(stream)
      session.remove(stream)
      session.close(stream, errorCode: stream.closeCode(errorCode))
    }
  }

  private static let onFrameSent: nghttp2_on_frame_send_callback = { _, frame, user in
    guard let frame else { return 0 }
    if frame.pointee.hd.type == UInt8(NGHTTP2_GOAWAY.rawValue) {
      return with(user) { $0.sent(goAway: frame.pointee.goaway) }
    }
    guard frame.pointee.hd.flags & UInt8(NGHTTP2_FLAG_END_STREAM.rawValue) != 0,
      frame.pointee.hd.type <= UInt8(NGHTTP2_HEADERS.rawValue)
    else { return 0 }
    return with(user) { session in
      if let stream = session.stream(frame.pointee.hd.stream_id) { session.sentEnd(of: stream) }
    }
  }

  private static let onFrameNotSent: nghttp2_on_frame_not_send_callback = { _, frame, reason, user in
    guard let frame, frame.pointee.hd.type == UInt8(NGHTTP2_HEADERS.rawValue) else { return 0 }
    let isRequest = frame.pointee.headers.cat == NGHTTP2_HCAT_REQUEST
    return with(user) { session in
      guard let stream = session.stream(frame.pointee.hd.stream_id) else { return }
      session.headersNotSent(of: stream, isRequest: isRequest, reason: reason)
    }
  }

  static let readData: nghttp2_data_source_read_callback = { _, id, target, limit, flags, _, user in
    var result = Int(NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE.rawValue)
    guard let target, let flags else { return result }
    _ = with(user) { session in
      if let stream = session.stream(id) {
        result = session.read(stream, into: target, limit: limit, flags: flags)
      }
    }
    return result
  }
}
