import NIOCore

@testable import WeftHTTP2

/// One end of a connection without a socket.
final class Engine: HTTP2SessionDelegate {
  let session: HTTP2Session
  /// Streams that the peer opened, in order.
  private(set) var accepted: [RecordingHandler] = []
  private(set) var goAways: [UInt32] = []
  private(set) var settingsCount = 0
  private(set) var failure: (any Error)?
  /// What an accepted stream does when its request is whole.
  var answer: (HTTP2Stream) -> Void = { $0.send(head: 200, fields: [:], endStream: true) }
  /// Whether streams are taken at all.
  var accepts = true

  init(_ role: HTTP2Session.Role, limits: HTTPLimits = HTTPLimits()) throws {
    session = try HTTP2Session(configuration: .init(role: role, limits: limits))
    session.delegate = self
  }

  deinit {
    session.delegate = nil
    session.closeAll(errorCode: HTTP2ErrorCode.connectError)
  }

  /// Takes bytes as one read would bring them.
  func receive(_ bytes: [UInt8]) {
    guard failure == nil else { return }
    do {
      try bytes.withUnsafeBytes { try session.receive($0) }
    } catch {
      failure = error
    }
  }

  /// Everything that is ready to be sent.
  func output() -> [UInt8] {
    var buffer = ByteBuffer()
    do {
      while try session.drain(into: &buffer, limit: 1 << 20) {
        if buffer.readableBytes >= 64 << 20 { break }
      }
    } catch {
      failure = failure ?? error
    }
    return Array(buffer.readableBytesView)
  }

  /// Feeds bytes and gives the frames that answer them.
  func exchange(_ bytes: [UInt8]) -> [Frame] {
    receive(bytes)
    return Frame.parse(output())
  }

  /// Opens a stream with a handler that keeps what comes.
  func open(_ fields: HTTPFields = [:], end: Bool = true) -> RecordingHandler? {
    let handler = RecordingHandler()
    handler.stream = session.submitRequest(handler: handler, endStream: end) { block in
      block.add(":method", "POST")
      block.add(":scheme", "http")
      block.add(":path", "/")
      block.add(":authority", "a")
      block.add(fields)
    }
    return handler.stream == nil ? nil : handler
  }

  // MARK: HTTP2SessionDelegate

  func session(_ session: HTTP2Session, handlerFor stream: HTTP2Stream) -> (any HTTP2StreamHandler)? {
    guard accepts else { return nil }
    let handler = RecordingHandler()
    handler.stream = stream
    handler.whenWhole = answer
    accepted.append(handler)
    return handler
  }

  func sessionHasOutput(_ session: HTTP2Session) {}
  func sessionReceivedSettings(_ session: HTTP2Session) { settingsCount += 1 }
  func session(
    _ session: HTTP2Session, receivedGoAway lastStreamID: Int32, errorCode: UInt32, debug: String
  ) {
    goAways.append(errorCode)
  }
  func sessionReceivedPing(_ session: HTTP2Session) {}
  func session(_ session: HTTP2Session, receivedPingAck payload: UInt64) {}
  func session(_ session: HTTP2Session, closed stream: HTTP2Stream) {}
}

/// Keeps what happens on a stream.
final class RecordingHandler: HTTP2StreamHandler {
  var stream: HTTP2Stream?
  var whenWhole: (HTTP2Stream) -> Void = { _ in }
  var consumes = true
  private(set) var head: HTTP2Head?
  private(set) var wasTooLarge = false
  private(set) var trailers: HTTPFields?
  private(set) var data: [UInt8] = []
  private(set) var ended = false
  private(set) var writableCount = 0
  private(set) var closes: [UInt32] = []

  func receivedHead(on stream: HTTP2Stream) {
    head = stream.head
    wasTooLarge = stream.headersTooLarge
  }

  func received(data part: UnsafeRawBufferPointer, on stream: HTTP2Stream) {
    data.append(contentsOf: part)
    if consumes { stream.consume(part.count) }
  }

  func received(trailers: HTTPFields, on stream: HTTP2Stream) {
    self.trailers = trailers
  }

  func receivedEnd(on stream: HTTP2Stream) {
    ended = true
    whenWhole(stream)
  }

  func becameWritable(_ stream: HTTP2Stream) {
    writableCount += 1
  }

  func closed(_ stream: HTTP2Stream, errorCode: UInt32) {
    closes.append(errorCode)
    self.stream = nil
  }
}

/// Carries bytes between two ends until neither has any left.
func pump(_ a: Engine, _ b: Engine) {
  while true {
    let fromA = a.output()
    b.receive(fromA)
    let fromB = b.output()
    a.receive(fromB)
    if fromA.isEmpty, fromB.isEmpty { return }
  }
}
