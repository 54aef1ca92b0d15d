import CNghttp2

/// The one table of nghttp2 callbacks, shared by every session.
///
/// Each callback gets the session object through its user data. The object outlives the call, because
/// nghttp2 calls back only from inside `mem_recv` and `mem_send`, which methods of that object make.
struct HTTP2Callbacks: @unchecked Sendable {
  // Sound as `Sendable`: the table is filled once and only read by nghttp2 afterwards.
  let pointer: OpaquePointer?

  static let shared = HTTP2Callbacks()

  private init() {
    var callbacks: OpaquePointer?
    guard nghttp2_session_callbacks_new(&callbacks) == 0 else {
      pointer = nil
      return
    }
    nghttp2_session_callbacks_set_on_begin_frame_callback(callbacks, Self.onBeginFrame)
    nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks, Self.onBeginHeaders)
    nghttp2_session_callbacks_set_on_header_callback(callbacks, Self.onHeader)
    nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, Self.onFrame)
    nghttp2_session_callbacks_set_on_invalid_frame_recv_callback(callbacks, Self.onInvalidFrame)
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, Self.onData)
    nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, Self.onStreamClose)
    nghttp2_session_callbacks_set_on_frame_send_callback(callbacks, Self.onFrameSent)
    nghttp2_session_callbacks_set_on_frame_not_send_callback(callbacks, Self.onFrameNotSent)
    pointer = callbacks
  }

  @inline(__always)
  private static func session(_ user: UnsafeMutableRawPointer?) -> HTTP2Session? {
    user.map { Unmanaged<HTTP2Session>.fromOpaque($0).takeUnretainedValue() }
  }

  private static let onBeginFrame: nghttp2_on_begin_frame_callback = { _, _, user in
    session(user)?.frameEvents &+= 1
    return 0
  }

  private static let onBeginHeaders: nghttp2_on_begin_headers_callback = { _, frame, user in
    guard let session = session(user), let frame else { return 0 }
    session.isInsideHeaderBlock = true
    session.beginHeaders(streamID: frame.pointee.hd.stream_id, category: frame.pointee.headers.cat)
    return 0
  }

  private static let onHeader: nghttp2_on_header_callback = {
    _, frame, name, nameLength, value, valueLength, _, user in
    guard let session = session(user), let frame, let stream = session.stream(frame.pointee.hd.stream_id)
    else { return 0 }
    session.addHeader(
      name: UnsafeBufferPointer(start: name, count: nameLength),
      value: UnsafeBufferPointer(start: value, count: valueLength), to: stream)
    return 0
  }

  private static let onFrame: nghttp2_on_frame_recv_callback = { _, frame, user in
    guard let session = session(user), let frame else { return 0 }
    session.frameEvents &+= 1
    session.received(frame: frame.pointee)
    return 0
  }

  private static let onInvalidFrame: nghttp2_on_invalid_frame_recv_callback = { _, _, _, user in
    session(user)?.isInsideHeaderBlock = false
    return 0
  }

  private static let onData: nghttp2_on_data_chunk_recv_callback = { _, _, id, data, count, user in
    guard let session = session(user) else { return 0 }
    session.received(data: UnsafeRawBufferPointer(start: data, count: count), streamID: id)
    return 0
  }

  private static let onStreamClose: nghttp2_on_stream_close_callback = { _, id, errorCode, user in
    guard let session = session(user), let stream = session.stream(id) else { return 0 }
    session.remove(stream)
    session.close(stream, errorCode: stream.wasNeverSent ? HTTP2ErrorCode.refusedStream : errorCode)
    return 0
  }

  private static let onFrameSent: nghttp2_on_frame_send_callback = { _, frame, user in
    guard let frame, frame.pointee.hd.flags & UInt8(NGHTTP2_FLAG_END_STREAM.rawValue) != 0,
      frame.pointee.hd.type <= UInt8(NGHTTP2_HEADERS.rawValue),
      let session = session(user), let stream = session.stream(frame.pointee.hd.stream_id)
    else { return 0 }
    session.sentEnd(of: stream)
    return 0
  }

  /// A request that never left, because the peer said GOAWAY before or it was cancelled. nghttp2 closes
  /// its stream next, with a code that says nothing of that.
  private static let onFrameNotSent: nghttp2_on_frame_not_send_callback = { _, frame, _, user in
    guard let session = session(user), let frame,
      frame.pointee.hd.type == UInt8(NGHTTP2_HEADERS.rawValue),
      frame.pointee.headers.cat == NGHTTP2_HCAT_REQUEST
    else { return 0 }
    session.stream(frame.pointee.hd.stream_id)?.wasNeverSent = true
    return 0
  }

  static let readData: nghttp2_data_source_read_callback = { _, id, target, limit, flags, _, user in
    guard let session = session(user), let stream = session.stream(id), let target, let flags else {
      return Int(NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE.rawValue)
    }
    return session.read(stream, into: target, limit: limit, flags: flags)
  }
}
