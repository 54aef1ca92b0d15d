import NIOCore

@testable import WeftHTTP2

/// The framing layer: an engine that is told anything, cut anywhere.
enum FrameFuzz {
  private static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)
  private static let settings: [UInt8] = [0, 0, 0, 4, 0, 0, 0, 0, 0]

  /// The first byte says how the rest is cut; its highest bit, that not even the beginning is right.
  static func server(_ bytes: UnsafeRawBufferPointer) throws {
    let peer = try FuzzPeer(.server)
    if let first = bytes.first, first < 128 { peer.receive(preface + settings) }
    try peer.receive(bytes, opening: 0)
  }

  static func client(_ bytes: UnsafeRawBufferPointer) throws {
    let peer = try FuzzPeer(.client)
    if let first = bytes.first, first < 128 { peer.receive(settings) }
    try peer.receive(bytes, opening: 4)
  }
}

/// An engine, with a handler that answers everything.
private final class FuzzPeer: HTTP2SessionDelegate {
  private let session: HTTP2Session
  private var progress: ProgressWatch
  private var handlers: [FuzzHandler] = []
  private var isOver = false

  init(_ role: HTTP2Session.Role) throws {
    session = try HTTP2Session(configuration: .init(role: role, limits: HTTPLimits()))
    progress = ProgressWatch(role: role)
    session.delegate = self
  }

  deinit {
    session.delegate = nil
  }

  func receive(_ bytes: UnsafeRawBufferPointer, opening count: Int) throws {
    for index in 0..<count {
      let handler = FuzzHandler()
      let stream = session.submitRequest(handler: handler, endStream: index % 2 == 0) { block in
        block.add(":method", "POST")
        block.add(":scheme", "http")
        block.add(":path", "/")
        block.add(":authority", "a")
      }
      if stream != nil { handlers.append(handler) }
    }
    let cut = Int(bytes.first ?? 0) % 64 + 1
    var rest = UnsafeRawBufferPointer(rebasing: bytes.dropFirst())
    while !rest.isEmpty, !isOver {
      receive(Array(rest.prefix(cut)))
      rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(cut))
    }
    try FuzzFailure.unless(session.queuedBytes >= 0, "bytes were taken that were not there")
    session.closeAll(errorCode: HTTP2ErrorCode.connectError)
    try FuzzFailure.unless(session.streams.isEmpty, "streams outlive their session")
    try FuzzFailure.unless(session.queuedBytes == 0, "\(session.queuedBytes) bytes are still counted")
    try FuzzFailure.unless(handlers.allSatisfy { $0.closes == 1 }, "a stream did not end once")
  }

  func receive(_ bytes: [UInt8]) {
    do {
      try bytes.withUnsafeBytes {
        progress.received($0, for: session)
        try session.receive($0)
      }
      session.answerLateData()
      var output = ByteBuffer()
      while try session.drain(into: &output, limit: 1 << 16) { output.clear() }
      isOver = session.isFinished
    } catch {
      isOver = true
    }
  }

  // MARK: HTTP2SessionDelegate

  func session(_ session: HTTP2Session, handlerFor stream: HTTP2Stream) -> (any HTTP2StreamHandler)? {
    let handler = FuzzHandler()
    handlers.append(handler)
    return handler
  }

  func sessionHasOutput(_ session: HTTP2Session) {}
  func sessionReceivedSettings(_ session: HTTP2Session) {}
  func session(
    _ session: HTTP2Session, receivedGoAway lastStreamID: Int32, errorCode: UInt32, debug: String
  ) {}
  func sessionReceivedPing(_ session: HTTP2Session) {}
  func session(_ session: HTTP2Session, receivedPingAck payload: UInt64) {}
  func session(_ session: HTTP2Session, closed stream: HTTP2Stream) {}
}

/// Answers with more than one window.
private final class FuzzHandler: HTTP2StreamHandler {
  private(set) var closes = 0

  func receivedHead(on stream: HTTP2Stream) {
    stream.send(head: 200, fields: ["x": "y"])
    stream.send(data: ByteBuffer(repeating: 7, count: 70_000))
  }

  func received(data: UnsafeRawBufferPointer, on stream: HTTP2Stream) {
    stream.consume(data.count)
    stream.send(data: ByteBuffer(bytes: data))
  }

  func received(trailers: HTTPFields, on stream: HTTP2Stream) {}

  func receivedEnd(on stream: HTTP2Stream) {
    stream.finish(trailers: ["t": "1"])
  }

  func becameWritable(_ stream: HTTP2Stream) {}

  func closed(_ stream: HTTP2Stream, errorCode: UInt32) {
    closes += 1
  }
}
