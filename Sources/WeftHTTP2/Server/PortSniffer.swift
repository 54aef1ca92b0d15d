import NIOCore
import NIOSSL
import NIOTLS

/// Finds out what a new connection speaks, and puts the handlers for it in place.
///
/// One port takes TLS (with ALPN), HTTP/2 with prior knowledge and HTTP/1.1. A connection that has not
/// shown within the header timeout what it is, is closed.
final class PortSniffer: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = ByteBuffer

  enum Application { case http1, http2 }

  struct Plan {
    var tls: NIOSSLContext?
    var allowsPlaintext: Bool
    var timeout: TimeAmount
    /// Adds the handlers of the protocol after the given one.
    var install: (Application, _ isTLS: Bool, ChannelHandlerContext) throws -> Void
  }

  private enum State { case first, handshake, text(isTLS: Bool), done }

  private static let preface = Array("PRI ".utf8)
  private static let tlsHandshake: UInt8 = 0x16

  private let plan: Plan
  private var state = State.first
  private var received = ByteBuffer()
  private var timer: Scheduled<Void>?

  init(plan: Plan) {
    self.plan = plan
  }

  func handlerAdded(context: ChannelHandlerContext) {
    let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
    timer = context.eventLoop.scheduleTask(in: plan.timeout) { bound.value.close(promise: nil) }
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    timer?.cancel()
    timer = nil
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    var buffer = unwrapInboundIn(data)
    switch state {
    case .first:
      guard let byte = buffer.getInteger(at: buffer.readerIndex, as: UInt8.self) else { return }
      if let tls = plan.tls, byte == Self.tlsHandshake { return startTLS(tls, buffer, context) }
      if plan.tls != nil, !plan.allowsPlaintext { return context.close(promise: nil) }
      state = .text(isTLS: false)
      received.writeBuffer(&buffer)
      decideByText(isTLS: false, context)
    case .handshake:
      received.writeBuffer(&buffer)
    case .text(let isTLS):
      received.writeBuffer(&buffer)
      decideByText(isTLS: isTLS, context)
    case .done:
      context.fireChannelRead(data)
    }
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if case .handshakeCompleted(let negotiated) = event as? TLSUserEvent {
      switch negotiated {
      case "h2": install(.http2, isTLS: true, context)
      case "http/1.1": install(.http1, isTLS: true, context)
      default:
        state = .text(isTLS: true)
        decideByText(isTLS: true, context)
      }
    } else if event is ChannelShouldQuiesceEvent {
      context.close(promise: nil)
    } else {
      context.fireUserInboundEventTriggered(event)
    }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    context.fireErrorCaught(error)
    context.close(promise: nil)
  }

  private func startTLS(_ tls: NIOSSLContext, _ first: ByteBuffer, _ context: ChannelHandlerContext) {
    state = .handshake
    do {
      try context.pipeline.syncOperations.addHandler(
        NIOSSLServerHandler(context: tls), position: .before(self))
    } catch {
      return errorCaught(context: context, error: error)
    }
    // From the head of the pipeline, where the TLS handler now stands before this one.
    context.pipeline.fireChannelRead(first)
  }

  private func decideByText(isTLS: Bool, _ context: ChannelHandlerContext) {
    let seen = received.readableBytesView.prefix(Self.preface.count)
    guard Self.preface.starts(with: seen) else { return install(.http1, isTLS: isTLS, context) }
    if seen.count == Self.preface.count { install(.http2, isTLS: isTLS, context) }
  }

  private func install(_ chosen: Application, isTLS: Bool, _ context: ChannelHandlerContext) {
    state = .done
    timer?.cancel()
    do {
      try plan.install(chosen, isTLS, context)
    } catch {
      return errorCaught(context: context, error: error)
    }
    if received.readableBytes > 0 {
      context.fireChannelRead(NIOAny(received))
      context.fireChannelReadComplete()
      received = ByteBuffer()
    }
    context.pipeline.syncOperations.removeHandler(self, promise: nil)
  }

}
