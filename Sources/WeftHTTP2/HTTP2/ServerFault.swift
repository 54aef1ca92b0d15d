import CNghttp2

/// What a server did wrong, in words: a client's callers are told why their connection or stream was ended.
struct ServerFault {
  /// nghttp2's words for the field that it refused last.
  private var field = ""
  /// Why this side ended the connection by a rule of its own.
  private var ownReason = ""

  /// nghttp2 tells more than the number of an error.
  mutating func said(_ reason: Int32, _ text: UnsafeRawBufferPointer) {
    let words = String(peerText: text)
    // It uses the same number for fields that it merely passes over.
    if reason == NGHTTP2_ERR_HTTP_HEADER.rawValue, !words.hasPrefix("Ignoring") { field = words }
  }

  mutating func terminated(_ reason: StaticString) {
    ownReason = reason.description
  }

  /// For a stream that nghttp2 resets.
  func words(for reason: Int32) -> String {
    if reason == NGHTTP2_ERR_HTTP_HEADER.rawValue, !field.isEmpty { return field }
    return HTTP2Session.text(of: reason)
  }

  /// For a connection that this side ends by GOAWAY.
  ///
  /// - Parameters:
  ///   - debug: what the GOAWAY tells beside its code.
  ///   - hasSettings: whether the server had begun to speak HTTP/2.
  func error(_ errorCode: UInt32, debug: String, hasSettings: Bool) -> HTTP2ConnectionError {
    guard hasSettings else {
      return HTTP2ConnectionError(
        reason: """
          the server does not answer in HTTP/2: its first bytes are no SETTINGS frame; perhaps it speaks HTTP/1.1, \
          or wants TLS
          """)
    }
    let words = debug.isEmpty ? ownReason : debug
    let name = HTTP2ErrorCode.name(errorCode)
    return Self.ended(.server, words.isEmpty ? name : "\(name): \(words)")
  }

  /// For a connection that nghttp2 gives up without a word to the peer.
  static func error(receiving result: Int32, from peer: HTTP2Session.Role) -> HTTP2ConnectionError {
    let text = HTTP2Session.text(of: result)
    switch result {
    case NGHTTP2_ERR_FLOODED.rawValue, NGHTTP2_ERR_TOO_MANY_CONTINUATIONS.rawValue:
      return ended(peer, text)
    default: return HTTP2ConnectionError(reason: "receiving: " + text)
    }
  }

  private static func ended(_ peer: HTTP2Session.Role, _ what: String) -> HTTP2ConnectionError {
    let (guilty, other) = peer == .server ? ("server", "client") : ("client", "server")
    return HTTP2ConnectionError(
      reason: "the \(guilty) broke HTTP/2 (\(what)), so the \(other) ended the connection")
  }
}

extension String {
  /// What a peer wrote for people: its beginning, without what a terminal or a log would obey.
  init(peerText bytes: UnsafeRawBufferPointer) {
    let text = String(decoding: bytes.prefix(256), as: UTF8.self)
    self = String(
      String.UnicodeScalarView(
        text.unicodeScalars.map { $0.properties.generalCategory == .control ? "?" : $0 }))
  }
}
