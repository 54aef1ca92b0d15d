import CNghttp2
import NIOCore

/// The HTTP/2 state of one connection: an nghttp2 session and its streams. Knows no sockets.
///
/// Bytes from the peer go to ``receive(_:)``; bytes for it come from ``drain(into:limit:)``. Used from
/// one thread. nghttp2 forbids `mem_recv`, `mem_send` and `del` inside its callbacks, so handlers that
/// run there may only submit; the owner sends after `receive` has returned.
final class HTTP2Session {
  enum Role { case server, client }

  /// Invalid frames after which a connection is ended.
  static let maxInvalidFrames = 500
  /// A stream that its peer resets within so many pieces of input was not meant, or could not be waited for.
  static let hastyReads: UInt32 = 8

  struct Configuration {
    var role: Role
    var limits: HTTPLimits
    var writeHighWater: Int { limits.writeHighWater }
    var writeLowWater: Int { limits.writeHighWater / 4 }
  }

  let configuration: Configuration
  /// The connection, which holds this session and sets this to nil before it goes. A weak reference would
  /// cost several atomic operations in every callback.
  unowned(unsafe) var delegate: (any HTTP2SessionDelegate)?
  @exclusivity(unchecked) private(set) var streams: [HTTP2Stream] = []
  let scratch: SessionScratch
  // Unchecked: the object is used on one thread, and no access below calls out while it lasts.
  @exclusivity(unchecked) var building = HeadBuilder()
  /// Nil only when nghttp2 had no memory for a session; every use then does nothing.
  private(set) var session: OpaquePointer?
  /// Set between the start and the end of a header block from the peer.
  var isInsideHeaderBlock = false
  /// Frames that began or ended; lets the owner see whether the peer makes any progress.
  var frameEvents: UInt64 = 0
  /// Bytes of bodies that wait in all streams.
  var queuedBytes = 0
  /// Bytes of bodies that have left.
  var dataTaken: UInt64 = 0
  /// Grows with every head and every piece of a body that leaves.
  var messagesSent: UInt64 = 0
  @exclusivity(unchecked) var goneStreams = GoneStreams()
  @exclusivity(unchecked) var frameBudget = FrameBudget(.emptyFrames)
  @exclusivity(unchecked) var windowBudget = FrameBudget(.windowChanges)
  @exclusivity(unchecked) var resetBudget: FrameBudget
  /// Pieces of input so far.
  private(set) var reads: UInt32 = 0
  @exclusivity(unchecked) var authorityCheck = AuthorityCheck()
  /// The stream that was opened last, while it is open.
  var newestStream: Int32 = -1
  /// Streams that are gone and for which DATA came in the last bytes.
  var lateData: [Int32] = []
  /// The stream that the peer resets in the bytes that come next.
  var resetInRead: Int32 = -1
  /// Frames of the peer that broke a rule without ending the connection.
  var invalidFrames = 0
  /// What a server did wrong; sessions of servers keep nothing here.
  @exclusivity(unchecked) var fault = ServerFault()
  /// The peer has said how it wants to be spoken to, which it must do before anything else.
  var hasPeerSettings = false
  /// A final GOAWAY was queued: streams that the peer opens from now on are not processed.
  private(set) var isGoAwaySent = false

  /// - Parameter scratch: that of the loop which the session is used on.
  init(configuration: Configuration, scratch: SessionScratch = SessionScratch()) throws {
    self.configuration = configuration
    self.scratch = scratch
    resetBudget = FrameBudget(.hastyResets(streams: configuration.limits.maxConcurrentStreams))
    let table = configuration.role == .server ? HTTP2Callbacks.server : HTTP2Callbacks.client
    guard let callbacks = table.pointer, let option = SessionOptions(configuration) else {
      throw HTTP2ConnectionError(reason: "out of memory for a session")
    }
    let user = Unmanaged.passUnretained(self).toOpaque()
    let result =
      configuration.role == .server
      ? nghttp2_session_server_new2(&session, callbacks, user, option.pointer)
      : nghttp2_session_client_new2(&session, callbacks, user, option.pointer)
    try Self.check(result, "a new session")
    try submitSettings()
  }

  deinit {
    nghttp2_session_del(session)
  }

  // MARK: Bytes

  /// Takes bytes from the peer.
  ///
  /// - Throws: ``HTTP2ConnectionError`` when the connection cannot go on. A GOAWAY that says why may
  ///   be ready to be sent all the same.
  func receive(_ bytes: UnsafeRawBufferPointer) throws {
    guard let base = bytes.bindMemory(to: UInt8.self).baseAddress else { return }
    reads &+= 1
    let count = nghttp2_session_mem_recv(session, base, bytes.count)
    guard count < 0 else { return }
    throw ServerFault.error(
      receiving: Int32(truncatingIfNeeded: count), from: configuration.role == .client ? .server : .client)
  }

  /// Moves frames that are ready into `buffer` until it holds `limit` bytes.
  ///
  /// - Returns: whether there may be more.
  func drain(into buffer: inout ByteBuffer, limit: Int) throws -> Bool {
    while buffer.readableBytes < limit {
      var frame: UnsafePointer<UInt8>?
      let count = nghttp2_session_mem_send(session, &frame)
      if count < 0 { try Self.check(Int32(truncatingIfNeeded: count), "sending") }
      guard count > 0, let frame else { return false }
      buffer.writeBytes(UnsafeRawBufferPointer(start: frame, count: count))
    }
    return true
  }

  /// Whether neither side has anything left to say.
  var isFinished: Bool {
    nghttp2_session_want_read(session) == 0 && nghttp2_session_want_write(session) == 0
  }

  // MARK: Connection

  /// Streams that the peer lets this side have open at once.
  var peerStreamLimit: Int {
    Int(nghttp2_session_get_remote_settings(session, NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS))
  }

  private func submitSettings() throws {
    let limits = configuration.limits
    var settings = [
      nghttp2_settings_entry(
        settings_id: Int32(NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE.rawValue),
        value: UInt32(clamping: limits.streamWindow)),
      nghttp2_settings_entry(
        settings_id: Int32(NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE.rawValue),
        value: UInt32(clamping: limits.maxHeaderBytes)),
    ]
    switch configuration.role {
    case .server:
      settings.append(
        nghttp2_settings_entry(
          settings_id: Int32(NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS.rawValue),
          value: UInt32(clamping: limits.maxConcurrentStreams)))
    case .client:
      settings.append(
        nghttp2_settings_entry(settings_id: Int32(NGHTTP2_SETTINGS_ENABLE_PUSH.rawValue), value: 0))
    }
    try Self.check(
      nghttp2_submit_settings(session, UInt8(NGHTTP2_FLAG_NONE.rawValue), settings, settings.count),
      "settings")
    try Self.check(
      nghttp2_session_set_local_window_size(
        session, UInt8(NGHTTP2_FLAG_NONE.rawValue), 0, Int32(clamping: limits.connectionWindow)), "window")
  }

  func submitPing(_ payload: UInt64) {
    withUnsafeBytes(of: payload) { bytes in
      _ = nghttp2_submit_ping(
        session, UInt8(NGHTTP2_FLAG_NONE.rawValue), bytes.bindMemory(to: UInt8.self).baseAddress)
    }
    delegate?.sessionHasOutput(self)
  }

  /// Announces the end without naming a last stream yet (RFC 9113, 6.8).
  func submitShutdownNotice() {
    _ = nghttp2_submit_shutdown_notice(session)
    delegate?.sessionHasOutput(self)
  }

  /// Says that no streams beyond those that arrived are processed.
  ///
  /// - Parameter debug: what the peer is told of the reason.
  func submitGoAway(_ errorCode: UInt32 = HTTP2ErrorCode.noError, debug: String = "") {
    isGoAwaySent = true
    let text = Array(debug.utf8)
    _ = nghttp2_submit_goaway(
      session, UInt8(NGHTTP2_FLAG_NONE.rawValue), nghttp2_session_get_last_proc_stream_id(session), errorCode,
      text, text.count)
    delegate?.sessionHasOutput(self)
  }

  /// Sends GOAWAY and ends every stream.
  ///
  /// - Parameter reason: what callers are told of it, on a client.
  func terminate(_ errorCode: UInt32, _ reason: StaticString = "") {
    isGoAwaySent = true
    if configuration.role == .client { fault.terminated(reason) }
    _ = nghttp2_session_terminate_session(session, errorCode)
    delegate?.sessionHasOutput(self)
  }

  // MARK: Streams

  /// Streams that were opened, and those that ended with all that the server had to say.
  private(set) var streamsStarted = 0
  private(set) var streamsSucceeded = 0

  func add(_ stream: HTTP2Stream) {
    streamsStarted &+= 1
    stream.slot = streams.count
    streams.append(stream)
  }

  func remove(_ stream: HTTP2Stream) {
    guard streams.indices.contains(stream.slot) else { return }
    let last = streams.removeLast()
    if last !== stream {
      last.slot = stream.slot
      streams[stream.slot] = last
    }
    stream.slot = -1
  }

  @inline(__always)
  func stream(_ id: Int32) -> HTTP2Stream? {
    guard let user = nghttp2_session_get_stream_user_data(session, id) else { return nil }
    // Sound: the session holds the object in `streams` until nghttp2 has closed the stream.
    return Unmanaged<HTTP2Stream>.fromOpaque(user).takeUnretainedValue()
  }

  /// Ends every stream that is left, because the connection is gone.
  func closeAll(errorCode: UInt32) {
    let left = streams
    streams.removeAll()
    for stream in left {
      // A request that still waits for its turn was certainly not processed.
      let wasNeverSent = configuration.role == .client && self.stream(stream.id) == nil
      close(stream, errorCode: wasNeverSent ? HTTP2ErrorCode.refusedStream : errorCode)
    }
  }

  func close(_ stream: HTTP2Stream, errorCode: UInt32) {
    if stream.isClosed { return }
    stream.isClosed = true
    dropOutput(of: stream)
    let isWhole = configuration.role == .server ? stream.sentEndStream : stream.receivedEndStream
    if isWhole { streamsSucceeded &+= 1 }
    let handler = stream.handler
    stream.handler = nil
    stream.session = nil
    handler?.closed(stream, errorCode: errorCode)
    delegate?.session(self, closed: stream)
  }

  func dropOutput(of stream: HTTP2Stream) {
    queuedBytes -= stream.output.byteCount
    stream.output.removeAll()
  }

  static func check(_ result: Int32, _ doing: String) throws {
    if result == 0 { return }
    throw HTTP2ConnectionError(reason: doing + ": " + text(of: result))
  }

  /// nghttp2's words for one of its errors.
  static func text(of result: Int32) -> String {
    nghttp2_strerror(result).map { String(cString: $0) } ?? "error \(result)"
  }
}
