import NIOCore
import Synchronization

/// One end of a connection inside this process: what is written here is read at the other end. Both ends are on
/// one event loop. No socket, no copy.
///
/// It behaves as a connected stream socket does: bytes keep their order, flushed bytes still arrive after a
/// close, and a reader that does not read makes the writer unwritable.
final class MemoryChannel: Channel, ChannelCore, @unchecked Sendable {
  // Sound as `Sendable`: mutable state is touched on `eventLoop` only, but for the two atomic flags.

  let allocator = ByteBufferAllocator()
  let eventLoop: any EventLoop
  let closeFuture: EventLoopFuture<Void>
  let localAddress: SocketAddress? = nil
  let remoteAddress: SocketAddress? = nil
  let parent: (any Channel)? = nil
  private(set) lazy var pipeline = ChannelPipeline(channel: self)

  private let closed: EventLoopPromise<Void>
  private let active = Atomic<Bool>(false)
  private let writable = Atomic<Bool>(true)
  private var isClosed = false
  /// Nil once this end is closed.
  private var peer: MemoryChannel?

  // Sending.
  private struct Write {
    var bytes: ByteBuffer
    var promise: EventLoopPromise<Void>?
  }
  private var unflushed: [Write] = []
  /// Written here and not read at the other end.
  private var bytesOnTheWay = 0

  // Receiving.
  private var inbox: [Write] = []
  private var hasEnded = false
  private var wantsRead = false
  private var isDeliveryScheduled = false
  private var autoRead = true

  /// Bytes on the way that make a writer wait, and at which it goes on.
  private static let highWater = 256 << 10
  private static let lowWater = 64 << 10

  private init(on eventLoop: any EventLoop) {
    self.eventLoop = eventLoop
    closed = eventLoop.makePromise()
    closeFuture = closed.futureResult
    _ = pipeline
  }

  /// Two ends that are joined. On the loop only; each is to be activated.
  static func pair(on eventLoop: any EventLoop) -> (MemoryChannel, MemoryChannel) {
    let ends = (MemoryChannel(on: eventLoop), MemoryChannel(on: eventLoop))
    ends.0.peer = ends.1
    ends.1.peer = ends.0
    return ends
  }

  /// Tells the handlers that the connection stands. On the loop only.
  func activate() {
    if isClosed { return }
    active.store(true, ordering: .relaxed)
    pipeline.fireChannelRegistered()
    pipeline.fireChannelActive()
    if autoRead { pipeline.read() }
  }

  // MARK: Channel

  var _channelCore: any ChannelCore { self }
  var isActive: Bool { active.load(ordering: .relaxed) }
  var isWritable: Bool { writable.load(ordering: .relaxed) }

  func setOption<Option: ChannelOption>(_ option: Option, value: Option.Value) -> EventLoopFuture<Void> {
    guard let value = value as? Bool, option is ChannelOptions.Types.AutoReadOption else {
      // Options of sockets mean nothing here.
      return eventLoop.makeSucceededVoidFuture()
    }
    return eventLoop.submit {
      self.autoRead = value
      if value { self.pipeline.read() }
    }
  }

  func getOption<Option: ChannelOption>(_ option: Option) -> EventLoopFuture<Option.Value> {
    eventLoop.submit {
      guard option is ChannelOptions.Types.AutoReadOption, let value = self.autoRead as? Option.Value else {
        throw ChannelError.operationUnsupported
      }
      return value
    }
  }

  // MARK: ChannelCore

  func localAddress0() throws -> SocketAddress { throw ChannelError.operationUnsupported }
  func remoteAddress0() throws -> SocketAddress { throw ChannelError.operationUnsupported }
  func register0(promise: EventLoopPromise<Void>?) { promise?.succeed() }
  func registerAlreadyConfigured0(promise: EventLoopPromise<Void>?) { promise?.succeed() }

  func bind0(to: SocketAddress, promise: EventLoopPromise<Void>?) {
    promise?.fail(ChannelError.operationUnsupported)
  }

  func connect0(to: SocketAddress, promise: EventLoopPromise<Void>?) {
    promise?.fail(ChannelError.operationUnsupported)
  }

  func triggerUserOutboundEvent0(_ event: Any, promise: EventLoopPromise<Void>?) {
    promise?.fail(ChannelError.operationUnsupported)
  }

  func channelRead0(_ data: NIOAny) {}
  func errorCaught0(error: any Error) {}

  func write0(_ data: NIOAny, promise: EventLoopPromise<Void>?) {
    guard !isClosed else {
      promise?.fail(ChannelError.ioOnClosedChannel)
      return
    }
    let bytes = unwrapData(data, as: ByteBuffer.self)
    unflushed.append(Write(bytes: bytes, promise: promise))
    bytesOnTheWay += bytes.readableBytes
    if bytesOnTheWay > Self.highWater, writable.exchange(false, ordering: .relaxed) {
      pipeline.fireChannelWritabilityChanged()
    }
  }

  func flush0() {
    guard let peer, !unflushed.isEmpty else { return }
    peer.inbox.append(contentsOf: unflushed)
    unflushed.removeAll(keepingCapacity: true)
    peer.deliverSoon()
  }

  func read0() {
    wantsRead = true
    if !inbox.isEmpty || hasEnded { deliverSoon() }
  }

  func close0(error: any Error, mode: CloseMode, promise: EventLoopPromise<Void>?) {
    guard mode == .all else {
      promise?.fail(ChannelError.operationUnsupported)
      return
    }
    guard !isClosed else {
      promise?.fail(ChannelError.alreadyClosed)
      return
    }
    isClosed = true
    let wasActive = active.exchange(false, ordering: .relaxed)
    let lost = unflushed + inbox
    unflushed = []
    inbox = []
    for write in lost { write.promise?.fail(ChannelError.ioOnClosedChannel) }
    peer?.hasEnded = true
    peer?.deliverSoon()
    peer = nil
    promise?.succeed()
    if wasActive { pipeline.fireChannelInactive() }
    pipeline.fireChannelUnregistered()
    eventLoop.execute {
      self.removeHandlers(pipeline: self.pipeline)
      self.closed.succeed()
    }
  }

  // MARK: Receiving

  /// Never at once: a handler that writes must not find its peer answering before it returns.
  private func deliverSoon() {
    if isDeliveryScheduled || !wantsRead || isClosed { return }
    isDeliveryScheduled = true
    eventLoop.execute { self.deliver() }
  }

  private func deliver() {
    isDeliveryScheduled = false
    if isClosed { return }
    let arrived = inbox
    inbox.removeAll(keepingCapacity: true)
    if !arrived.isEmpty {
      wantsRead = false
      let sender = peer
      for write in arrived {
        pipeline.fireChannelRead(write.bytes)
        write.promise?.succeed()
        sender?.bytesOnTheWay -= write.bytes.readableBytes
      }
      pipeline.fireChannelReadComplete()
      sender?.becameReadable()
      if autoRead, !isClosed { pipeline.read() }
    }
    if hasEnded, inbox.isEmpty, !isClosed { close0(error: ChannelError.eof, mode: .all, promise: nil) }
  }

  /// The other end has read.
  private func becameReadable() {
    guard bytesOnTheWay < Self.lowWater, !writable.exchange(true, ordering: .relaxed), !isClosed else {
      return
    }
    pipeline.fireChannelWritabilityChanged()
  }
}
