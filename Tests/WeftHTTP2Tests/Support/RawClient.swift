import NIOCore
import NIOPosix
import Synchronization

/// A plain socket: sends bytes as they are and collects what comes back.
final class RawClient: Sendable {
  struct Closed: Error {}

  private let channel: any Channel
  private let inbox: Inbox

  private init(channel: any Channel, inbox: Inbox) {
    self.channel = channel
    self.inbox = inbox
  }

  /// - Parameters:
  ///   - first: sent as soon as there is a connection, however busy the test's own threads are.
  ///   - reads: whether bytes are taken from the socket before ``resume()``.
  ///   - prepare: adds handlers between the socket and the test.
  static func connect(
    port: Int, first: [UInt8] = [], reads: Bool = true,
    _ prepare: @escaping @Sendable (ChannelPipeline.SynchronousOperations) throws -> Void = { _ in }
  ) async throws -> RawClient {
    let inbox = Inbox()
    let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .channelOption(.autoRead, value: reads)
      .channelOption(.socketOption(.so_rcvbuf), value: 8192)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try prepare(channel.pipeline.syncOperations)
          try channel.pipeline.syncOperations.addHandler(InboxHandler(inbox: inbox))
        }
      }
      .connect(host: "127.0.0.1", port: port)
      .flatMap { channel in channel.writeAndFlush(ByteBuffer(bytes: first)).map { channel } }
      .get()
    return RawClient(channel: channel, inbox: inbox)
  }

  func send(_ text: String) async throws {
    try await channel.writeAndFlush(ByteBuffer(string: text)).get()
  }

  func send(_ bytes: [UInt8]) async throws {
    try await channel.writeAndFlush(ByteBuffer(bytes: bytes)).get()
  }

  /// Sends without caring whether the server still takes it.
  func push(_ bytes: [UInt8]) {
    channel.writeAndFlush(ByteBuffer(bytes: bytes), promise: nil)
  }

  func resume() async throws {
    try await channel.setOption(.autoRead, value: true).get()
  }

  /// Waits until `isEnough` holds for what was not taken yet, and takes it.
  func receive(until isEnough: @escaping @Sendable ([UInt8]) -> Bool) async throws -> [UInt8] {
    try await inbox.take(until: isEnough)
  }

  /// Everything up to and with `mark`.
  func text(through mark: String) async throws -> String {
    let bytes = try await inbox.take(through: Array(mark.utf8))
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Everything until the server closes.
  func rest() async -> [UInt8] { await inbox.untilClosed() }

  func restText() async -> String { String(decoding: await rest(), as: UTF8.self) }

  func close() {
    channel.close(promise: nil)
  }
}

/// What came over a socket, for one reader.
private final class Inbox: Sendable {
  private struct State {
    var bytes: [UInt8] = []
    var isClosed = false
    var waiter: CheckedContinuation<Void, Never>?
  }

  private let state = Mutex(State())

  func add(_ more: [UInt8]) {
    change { $0.bytes += more }
  }

  func close() {
    change { $0.isClosed = true }
  }

  private func change(_ body: (inout State) -> Void) {
    let waiter = state.withLock { state in
      body(&state)
      let waiter = state.waiter
      state.waiter = nil
      return waiter
    }
    waiter?.resume()
  }

  private func waitForMore(than count: Int) async {
    await withCheckedContinuation { continuation in
      let isThere = state.withLock { state in
        if state.bytes.count > count || state.isClosed { return true }
        state.waiter = continuation
        return false
      }
      if isThere { continuation.resume() }
    }
  }

  func take(until isEnough: @Sendable ([UInt8]) -> Bool) async throws -> [UInt8] {
    while true {
      let (taken, count, isClosed) = state.withLock { state -> ([UInt8]?, Int, Bool) in
        guard isEnough(state.bytes) else { return (nil, state.bytes.count, state.isClosed) }
        let taken = state.bytes
        state.bytes = []
        return (taken, 0, false)
      }
      if let taken { return taken }
      if isClosed { throw RawClient.Closed() }
      await waitForMore(than: count)
    }
  }

  func take(through mark: [UInt8]) async throws -> [UInt8] {
    while true {
      let (taken, count, isClosed) = state.withLock { state -> ([UInt8]?, Int, Bool) in
        guard let end = Self.end(of: mark, in: state.bytes) else {
          return (nil, state.bytes.count, state.isClosed)
        }
        let taken = Array(state.bytes[..<end])
        state.bytes.removeFirst(end)
        return (taken, 0, false)
      }
      if let taken { return taken }
      if isClosed { throw RawClient.Closed() }
      await waitForMore(than: count)
    }
  }

  func untilClosed() async -> [UInt8] {
    while true {
      let (bytes, isClosed) = state.withLock { ($0.bytes, $0.isClosed) }
      if isClosed { return bytes }
      await waitForMore(than: bytes.count)
    }
  }

  private static func end(of mark: [UInt8], in bytes: [UInt8]) -> Int? {
    guard bytes.count >= mark.count else { return nil }
    for start in 0...(bytes.count - mark.count) where bytes[start...].starts(with: mark) {
      return start + mark.count
    }
    return nil
  }
}

private final class InboxHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  private let inbox: Inbox

  init(inbox: Inbox) {
    self.inbox = inbox
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    inbox.add(Array(unwrapInboundIn(data).readableBytesView))
  }

  func channelInactive(context: ChannelHandlerContext) {
    inbox.close()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    context.close(promise: nil)
  }
}
