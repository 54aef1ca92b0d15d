import CNghttp2

/// What is decided by a frame's head alone, also of frames that nghttp2 takes without a word.
extension HTTP2Session {
  func startsRead() {
    resetInRead = -1
  }

  /// The peer is about to send a frame. Comes from whoever sees the bytes before ``receive(_:)`` does.
  @inline(__always)
  func begins(type: UInt8, flags: UInt8, length: Int, on id: Int32) {
    switch type {
    // Of a server, these may be informational ones without end; an answer earns its client ten for its two.
    case UInt8(NGHTTP2_HEADERS.rawValue): if configuration.role == .client { spend() }
    case UInt8(NGHTTP2_DATA.rawValue):
      beginsData(on: id)
      if length == 0, flags & UInt8(NGHTTP2_FLAG_END_STREAM.rawValue) == 0 { spend() }
    // nghttp2 bounds these itself.
    case UInt8(NGHTTP2_CONTINUATION.rawValue): return
    case UInt8(NGHTTP2_RST_STREAM.rawValue): resetInRead = id
    default: spend()
    }
  }

  private func spend() {
    if isGoAwaySent { return }
    if !frameBudget.spend(sent: messagesSent) {
      terminate(HTTP2ErrorCode.enhanceYourCalm, "too many frames that carry nothing")
    }
  }
}
