import CNghttp2

/// What nghttp2 reports, turned into calls of stream handlers.
extension HTTP2Session {
  func beginHeaders(streamID: Int32, category: nghttp2_headers_category) {
    building.begin(isTrailers: category == NGHTTP2_HCAT_HEADERS)
    if category == NGHTTP2_HCAT_REQUEST, configuration.role == .server {
      let stream = HTTP2Stream(id: streamID, session: self)
      stream.openedInRead = reads
      add(stream)
      _ = nghttp2_session_set_stream_user_data(
        session, streamID, Unmanaged.passUnretained(stream).toOpaque())
    }
  }

  /// - Returns: whether the rest of the block is wanted.
  func addHeader(name: OpaquePointer, value: OpaquePointer) -> Bool {
    guard !building.add(name: name, value: value, limits: configuration.limits) else { return true }
    isInsideHeaderBlock = false
    terminate(HTTP2ErrorCode.enhanceYourCalm, "a header block is too long")
    return false
  }

  func received(frame pointer: UnsafePointer<nghttp2_frame>) {
    let frame = pointer.pointee
    switch nghttp2_frame_type(UInt32(frame.hd.type)) {
    case NGHTTP2_HEADERS:
      isInsideHeaderBlock = false
      guard let stream = stream(frame.hd.stream_id) else { return }
      building.finish(stream)
      receivedHeaders(on: stream, category: frame.headers.cat)
      endIfFlagged(frame, stream)
    case NGHTTP2_DATA:
      if let stream = stream(frame.hd.stream_id) { endIfFlagged(frame, stream) }
    case NGHTTP2_RST_STREAM:
      if let stream = stream(frame.hd.stream_id) { receivedReset(of: stream) }
    case NGHTTP2_SETTINGS:
      if frame.hd.flags & UInt8(NGHTTP2_FLAG_ACK.rawValue) == 0 {
        hasPeerSettings = true
        changesWindows(frame.settings)
        delegate?.sessionReceivedSettings(self)
      }
    case NGHTTP2_PING:
      if frame.hd.flags & UInt8(NGHTTP2_FLAG_ACK.rawValue) != 0 {
        let payload = withUnsafeBytes(of: frame.ping.opaque_data) { $0.loadUnaligned(as: UInt64.self) }
        delegate?.session(self, receivedPingAck: payload)
      } else {
        delegate?.sessionReceivedPing(self)
      }
    case NGHTTP2_GOAWAY:
      let debug = UnsafeBufferPointer(
        start: frame.goaway.opaque_data, count: min(frame.goaway.opaque_data_len, 256))
      delegate?.session(
        self, receivedGoAway: frame.goaway.last_stream_id, errorCode: frame.goaway.error_code,
        debug: String(peerText: UnsafeRawBufferPointer(debug)))
    default: break
    }
  }

  private func receivedReset(of stream: HTTP2Stream) {
    stream.wasResetByPeer = true
    guard configuration.role == .server, !stream.sentHead, !isGoAwaySent,
      reads &- stream.openedInRead < Self.hastyReads
    else { return }
    if !resetBudget.spend(sent: messagesSent) {
      terminate(HTTP2ErrorCode.enhanceYourCalm, "too many calls that were reset at once")
    }
  }

  /// nghttp2 has just visited every open stream for each of these.
  private func changesWindows(_ settings: nghttp2_settings) {
    let entries = UnsafeBufferPointer(start: settings.iv, count: settings.niv)
    let changes = entries.count(where: {
      $0.settings_id == Int32(NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE.rawValue)
    })
    if changes == 0 || isGoAwaySent { return }
    if !windowBudget.spend(changes * streams.count, sent: messagesSent) {
      terminate(HTTP2ErrorCode.enhanceYourCalm, "too many changes of the initial window size")
    }
  }

  /// nghttp2 refused a frame. It resets the stream, so a peer could open and lose streams at no cost to
  /// itself ("MadeYouReset", CVE-2025-8671), which its own limit on resets does not count.
  ///
  /// - Parameter reason: nghttp2's number for what is wrong.
  func receivedInvalidFrame(on id: Int32, reason: Int32) {
    isInsideHeaderBlock = false
    if configuration.role == .server {
      goneStreams.wasCutShort(id)
    } else {
      stream(id)?.fault = fault.words(for: reason)
    }
    countInvalidFrame()
  }

  func countInvalidFrame() {
    invalidFrames += 1
    if invalidFrames == Self.maxInvalidFrames {
      terminate(HTTP2ErrorCode.enhanceYourCalm, "too many invalid frames")
    }
  }

  private func receivedHeaders(on stream: HTTP2Stream, category: nghttp2_headers_category) {
    if configuration.role == .server, category == NGHTTP2_HCAT_REQUEST {
      if authorityCheck.isMalformed(stream.head) {
        countInvalidFrame()
        return submitReset(stream, errorCode: HTTP2ErrorCode.protocolError)
      }
      guard let handler = delegate?.session(self, handlerFor: stream) else {
        submitReset(stream, errorCode: HTTP2ErrorCode.refusedStream)
        return
      }
      stream.handler = handler
      stream.hasFinalHead = true
      handler.receivedHead(on: stream)
    } else if stream.hasFinalHead {
      stream.handler?.received(trailers: stream.head.fields, on: stream)
    } else if !(100..<200).contains(stream.head.status) {
      // Informational heads (RFC 9110, 15.2) are passed over.
      stream.hasFinalHead = true
      stream.handler?.receivedHead(on: stream)
    }
  }

  private func endIfFlagged(_ frame: nghttp2_frame, _ stream: HTTP2Stream) {
    guard frame.hd.flags & UInt8(NGHTTP2_FLAG_END_STREAM.rawValue) != 0, !stream.receivedEndStream else {
      return
    }
    stream.receivedEndStream = true
    stream.handler?.receivedEnd(on: stream)
  }

  func received(data: UnsafeRawBufferPointer, streamID: Int32, endsStream: Bool) {
    // The connection's window is opened at once, so that one slow stream holds back only itself.
    _ = nghttp2_session_consume_connection(session, data.count)
    guard let stream = stream(streamID), let handler = stream.handler else {
      _ = nghttp2_session_consume_stream(session, streamID, data.count)
      return
    }
    stream.dataEndsStream = endsStream
    handler.received(data: data, on: stream)
  }

  /// Fills one DATA frame from the stream's queue.
  func read(
    _ stream: HTTP2Stream, into target: UnsafeMutablePointer<UInt8>, limit: Int,
    flags: UnsafeMutablePointer<UInt32>
  ) -> Int {
    messagesSent &+= 1
    let count = stream.output.read(into: target, limit: limit, spares: &scratch.spares)
    queuedBytes -= count
    dataTaken &+= UInt64(count)
    if stream.output.isEmpty, stream.output.isFinished {
      flags.pointee |= NGHTTP2_DATA_FLAG_EOF.rawValue
      if submitTrailers(of: stream) { flags.pointee |= NGHTTP2_DATA_FLAG_NO_END_STREAM.rawValue }
      return count
    }
    if stream.isAboveHighWater, stream.output.byteCount <= configuration.writeLowWater {
      stream.isAboveHighWater = false
      stream.handler?.becameWritable(stream)
    }
    if count == 0 {
      stream.isDeferred = true
      return Int(NGHTTP2_ERR_DEFERRED.rawValue)
    }
    return count
  }
}
