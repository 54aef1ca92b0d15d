import NIOCore
import Synchronization

/// One HTTP/2 connection to a server, whose SETTINGS have come.
///
/// The object may be held anywhere; what is marked so must be called on ``loop``.
public final class HTTP2ClientConnection: @unchecked Sendable {
  // Sound as `Sendable`: mutable state is touched on `loop` only.

  /// What the connection tells its holder, on the loop.
  public struct Events: Sendable {
    /// The connection takes no more streams: a GOAWAY came. Those that run may finish.
    public var draining: @Sendable (_ reason: String) -> Void
    /// The connection is gone. Called once.
    public var closed: @Sendable (_ reason: String) -> Void
    /// A stream ended, or the peer allows more of them.
    public var capacityChanged: @Sendable () -> Void
    /// The server sent this client away for its PINGs: later connections should wait twice as long between
    /// theirs (gRFC A8). Called before ``draining``.
    public var tooManyPings: @Sendable () -> Void = {}

    public init(
      draining: @escaping @Sendable (_ reason: String) -> Void,
      closed: @escaping @Sendable (_ reason: String) -> Void,
      capacityChanged: @escaping @Sendable () -> Void
    ) {
      self.draining = draining
      self.closed = closed
      self.capacityChanged = capacityChanged
    }
  }

  public let loop: LoopContext
  /// Address as text, for messages.
  public let address: String
  public let isTLS: Bool
  /// What is counted here.
  package let record: ConnectionRecord
  private let events: Events
  private let channel: any Channel
  private var handler: HTTP2ConnectionHandler?
  private var isDraining = false
  /// What the server's GOAWAY said.
  private var goAway: String?
  private var goAwayCode: UInt32?
  private let streamLimit = Atomic<Int>(Int.max)
  private var ready: EventLoopPromise<Void>?
  private var preparedHeads = PreparedHeads()
  /// What the layer above remembers replies by: ``HTTP2Head/fieldsVersion`` of a head, and of trailers, that
  /// it has looked at and found to be as usual.
  package var usualHead: Int?
  package var usualTrailers: Int?

  init(
    channel: any Channel, address: String, isTLS: Bool, events: Events, ready: EventLoopPromise<Void>
  ) {
    self.channel = channel
    self.loop = LoopContext.of(channel.eventLoop)
    record = ConnectionRecord(eventLoop: channel.eventLoop)
    self.address = address
    self.isTLS = isTLS
    self.events = events
    self.ready = ready
  }

  // MARK: On the loop

  /// Whether a stream can be opened now.
  public var isOpen: Bool { handler != nil && !isDraining && channel.isActive }

  /// Opens a stream. The head leaves with the next flush of the loop's turn.
  ///
  /// - Returns: nil when the connection takes no more streams.
  public func openStream(
    _ head: HTTP2Head, handler streamHandler: any HTTP2StreamHandler, endStream: Bool = false
  ) -> HTTP2Stream? {
    guard let handler, isOpen else { return nil }
    return handler.session.submitRequest(handler: streamHandler, endStream: endStream) { block in
      if head.method == "POST" { block.add(":method", "POST") } else { block.add(":method", head.method) }
      if head.scheme == "https" { block.add(":scheme", "https") } else { block.add(":scheme", "http") }
      block.add(":path", head.path)
      block.add(":authority", head.authority)
      block.add(head.fields)
    }
  }

  /// Opens a stream with a head that is sent many times.
  ///
  /// - Parameters:
  ///   - key: stands for the head; a head with the same key is the same.
  ///   - more: fields behind those of the head, for this stream alone.
  ///   - head: asked the first time.
  /// - Returns: nil when the connection takes no more streams.
  package func openStream(
    _ key: AnyObject, more: HTTPFields?, handler streamHandler: any HTTP2StreamHandler,
    _ head: () -> HTTP2Head
  ) -> HTTP2Stream? {
    guard let handler, isOpen else { return nil }
    if let prepared = preparedHeads.head(for: key, head) {
      return handler.session.submitRequest(handler: streamHandler, prepared, more)
    }
    var head = head()
    for field in more ?? HTTPFields() { head.fields.add(field.name, field.value) }
    return openStream(head, handler: streamHandler)
  }

  /// Why the connection ends, when it is known: for the errors of the streams that end with it.
  public var endReason: String? { handler?.failure.map(Self.reason) ?? goAway }

  /// Whether the server said GOAWAY without an error, as it does when it drains or when a connection was idle or
  /// got old.
  public var wasDismissed: Bool { goAwayCode == HTTP2ErrorCode.noError }

  // MARK: Anywhere

  /// Streams that the server lets this side have open at once (SETTINGS_MAX_CONCURRENT_STREAMS). More are
  /// queued until others end.
  public var maxConcurrentStreams: Int { streamLimit.load(ordering: .relaxed) }

  /// Closes at once. Streams that run end with an error.
  public func close() {
    channel.close(promise: nil)
  }

  /// Takes no more streams, and closes when those that run have ended.
  public func drain() {
    if loop.eventLoop.inEventLoop { drainNow() } else { loop.eventLoop.execute { self.drainNow() } }
  }

  private func drainNow() {
    isDraining = true
    guard let handler else { return close() }
    if handler.session.streams.isEmpty { close() }
  }

  func install(_ pipeline: ChannelPipeline.SynchronousOperations, _ target: Target) throws {
    let session = try HTTP2Session(
      configuration: .init(role: .client, limits: target.limits), scratch: loop.scratch)
    let handler = HTTP2ConnectionHandler(
      session: session, loop: loop, owner: self, times: ConnectionTimes(keepalive: target.keepalive))
    self.handler = handler
    handler.recorded(in: record)
    try pipeline.addHandler(handler)
  }

  func failed(_ error: any Error) {
    ready?.fail(error)
    ready = nil
    close()
  }
}

extension HTTP2ClientConnection: HTTP2ConnectionOwner {
  func connection(
    _ connection: HTTP2ConnectionHandler, handlerFor stream: HTTP2Stream
  ) -> (any HTTP2StreamHandler)? { nil }

  func connectionReceivedSettings(_ connection: HTTP2ConnectionHandler) {
    streamLimit.store(connection.session.peerStreamLimit, ordering: .relaxed)
    if let ready {
      self.ready = nil
      ready.succeed()
    } else {
      events.capacityChanged()
    }
  }

  func connection(_ connection: HTTP2ConnectionHandler, receivedGoAway errorCode: UInt32, debug: String) {
    isDraining = true
    if errorCode == HTTP2ErrorCode.enhanceYourCalm, debug == KeepaliveEnforcement.tooManyPings {
      events.tooManyPings()
    }
    let text = debug.isEmpty ? "" : " (\(debug))"
    let reason = "the server sent GOAWAY \(HTTP2ErrorCode.name(errorCode))\(text)"
    goAway = reason
    goAwayCode = errorCode
    events.draining(reason)
  }

  func connection(_ connection: HTTP2ConnectionHandler, receivedPingAck payload: UInt64) {}

  func connectionClosedStream(_ connection: HTTP2ConnectionHandler) {
    if isDraining {
      if connection.session.streams.isEmpty { close() }
    } else {
      events.capacityChanged()
    }
  }

  func connectionClosed(_ connection: HTTP2ConnectionHandler, error: (any Error)?) {
    handler = nil
    let reason = error.map(Self.reason) ?? goAway ?? "the server closed the connection"
    if let ready {
      self.ready = nil
      ready.fail(HTTP2ConnectError(address: address, reason: reason))
      return
    }
    events.closed(reason)
  }
}

/// A connection that did not come to be.
public struct HTTP2ConnectError: Error, Sendable, CustomStringConvertible {
  public let address: String
  public let reason: String
  public var description: String { "\(address): \(reason)" }
}
