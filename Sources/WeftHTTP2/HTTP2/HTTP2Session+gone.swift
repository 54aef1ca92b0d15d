import CNghttp2

/// Frames for streams that are gone, which nghttp2 would pass over.
extension HTTP2Session {
  func began(frame: nghttp2_frame_hd) {
    frameEvents &+= 1
    guard frame.type == UInt8(NGHTTP2_HEADERS.rawValue), configuration.role == .server,
      frame.stream_id & 1 == 1
    else { return }
    if frame.stream_id > goneStreams.last {
      goneStreams.opened(frame.stream_id)
      newestStream = frame.stream_id
    } else if isGone(frame.stream_id) {
      switch goneStreams.verdict(on: frame.stream_id) {
      case .ignore: break
      case .streamClosed: terminate(HTTP2ErrorCode.streamClosed)
      case .neverOpened: terminate(HTTP2ErrorCode.protocolError)
      }
    }
  }

  /// The peer is about to send a DATA frame. nghttp2 says nothing of those that it passes over.
  @inline(__always)
  func beginsData(on id: Int32) {
    if id == resetInRead {
      receivedLateData(on: id)
    } else if id != newestStream, id <= goneStreams.last, isGone(id) {
      receivedLateData(on: id)
    }
  }

  private func receivedLateData(on id: Int32) {
    guard goneStreams.verdict(on: id) != .ignore, invalidFrames < Self.maxInvalidFrames else { return }
    countInvalidFrame()
    lateData.append(id)
  }

  /// Refuses the DATA that came for streams that are gone (RFC 9113, 6.1), once nghttp2 has passed over it.
  func answerLateData() {
    if lateData.isEmpty { return }
    for id in lateData {
      _ = nghttp2_submit_rst_stream(
        session, UInt8(NGHTTP2_FLAG_NONE.rawValue), id, HTTP2ErrorCode.streamClosed)
    }
    lateData.removeAll()
    delegate?.sessionHasOutput(self)
  }

  private func isGone(_ id: Int32) -> Bool {
    // After a GOAWAY, streams above the last one are passed over as they should be.
    configuration.role == .server && id & 1 == 1 && !isGoAwaySent && stream(id) == nil
  }

  /// nghttp2 closed a stream.
  func isGone(_ stream: HTTP2Stream) {
    guard configuration.role == .server else { return }
    if stream.id == newestStream { newestStream = -1 }
    if !stream.receivedEndStream, !stream.wasResetByPeer { goneStreams.wasCutShort(stream.id) }
  }
}
