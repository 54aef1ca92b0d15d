/// Tells a peer that sends a frame or a header block for ever, a byte now and then, from one that works
/// or rests.
struct ProgressWatch {
  private var frames: FrameBoundaries
  private(set) var isWatching = false
  private var bytes = 0
  private var frameCount: UInt64 = 0
  private var events: UInt64 = 0
  private var wasInsideFrame = false
  private var wasInsideHeaders = false

  /// A frame that grows by this much between two checks is a slow upload, not an attack.
  private static let slowUpload = 4096

  init(role: HTTP2Session.Role) {
    frames = FrameBoundaries(role: role)
  }

  /// Called before the session gets the bytes.
  mutating func received(_ part: UnsafeRawBufferPointer, for session: HTTP2Session) {
    bytes += part.count
    session.startsRead()
    frames.advance(part, session)
  }

  /// Whether the peer has begun what it has not ended: only then there is something to watch.
  func isInside(_ session: HTTP2Session) -> Bool {
    frames.isInside || session.isInsideHeaderBlock
  }

  mutating func start(_ session: HTTP2Session) {
    isWatching = true
    bytes = 0
    frameCount = frames.count
    events = session.frameEvents
    wasInsideFrame = frames.isInside
    wasInsideHeaders = session.isInsideHeaderBlock
  }

  /// Ends the watch.
  ///
  /// - Returns: whether the peer is still where it was at its start.
  mutating func isStuck(_ session: HTTP2Session) -> Bool {
    isWatching = false
    // A CONTINUATION is no event of nghttp2's, so a header block in many pieces counts as one.
    if wasInsideHeaders, session.isInsideHeaderBlock, session.frameEvents == events { return true }
    return wasInsideFrame && frames.isInside && frames.count == frameCount && bytes < Self.slowUpload
  }
}

/// Where frames begin and end in a stream of bytes, of which nghttp2 tells only some.
private struct FrameBoundaries {
  /// Frames that ended.
  private(set) var count: UInt64 = 0
  /// Bytes until the end of the payload.
  private var payload: Int
  private var headBytes = 0
  private var length = 0
  /// The last 8 bytes of a frame's head that comes in pieces.
  private var head: UInt64 = 0

  init(role: HTTP2Session.Role) {
    // A client begins with the preface, which counts as a frame here.
    payload = role == .server ? 24 : 0
  }

  var isInside: Bool { payload > 0 || headBytes > 0 }

  mutating func advance(_ bytes: UnsafeRawBufferPointer, _ session: HTTP2Session) {
    var offset = 0
    while offset < bytes.count {
      if payload > 0 {
        let step = min(payload, bytes.count - offset)
        offset += step
        payload -= step
        if payload == 0 { count &+= 1 }
      } else if headBytes == 0, bytes.count - offset >= 9 {
        payload = Int(bytes[offset]) << 16 | Int(bytes[offset + 1]) << 8 | Int(bytes[offset + 2])
        let stream = UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: offset + 5, as: UInt32.self))
        session.begins(
          type: bytes[offset + 3], flags: bytes[offset + 4], length: payload, on: Int32(stream & 0x7fff_ffff))
        offset += 9
        if payload == 0 { count &+= 1 }
      } else {
        if headBytes < 3 { length = length << 8 | Int(bytes[offset]) }
        head = head << 8 | UInt64(bytes[offset])
        headBytes += 1
        offset += 1
        if headBytes == 9 {
          session.begins(
            type: UInt8(head >> 40 & 0xff), flags: UInt8(head >> 32 & 0xff), length: length,
            on: Int32(head & 0x7fff_ffff))
          payload = length
          headBytes = 0
          length = 0
          if payload == 0 { count &+= 1 }
        }
      }
    }
  }
}
