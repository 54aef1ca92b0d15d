import NIOCore

/// DNS over UDP (RFC 1035, section 4.2.1): one datagram, one answer. What one wake-up brings leaves together.
final class DNSDatagramHandler: ChannelInboundHandler {
  typealias InboundIn = AddressedEnvelope<ByteBuffer>
  typealias OutboundOut = AddressedEnvelope<ByteBuffer>

  private let responder: DNSResponder
  private let limiter: SourceLimiter
  private let limitsLoopback: Bool
  private let metrics: DNSMetrics

  init(responder: DNSResponder, limiter: SourceLimiter, limitsLoopback: Bool, metrics: DNSMetrics) {
    self.responder = responder
    self.limiter = limiter
    self.limitsLoopback = limitsLoopback
    self.metrics = metrics
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let envelope = unwrapInboundIn(data)
    // Nobody listens on port 0: the source is forged. And what cannot be sent now is worth nothing later.
    guard let port = envelope.remoteAddress.port, port != 0, context.channel.isWritable else { return }
    let bytes = Array(buffer: envelope.data)
    guard let answer = answer(bytes, from: envelope.remoteAddress) else { return }
    let data = context.channel.allocator.buffer(bytes: answer)
    context.write(
      wrapOutboundOut(AddressedEnvelope(remoteAddress: envelope.remoteAddress, data: data)), promise: nil)
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    context.flush()
  }

  /// An error of one datagram (a peer without a listener, say) is no reason to stop.
  func errorCaught(context: ChannelHandlerContext, error: any Error) {}

  private func answer(_ bytes: [UInt8], from source: SocketAddress) -> [UInt8]? {
    if limitsLoopback || !DNSSource.isLoopback(source) {
      switch limiter.admit(DNSSource(source), now: .now()) {
      case .answer: break
      case .sendToTCP:
        metrics.limited.add()
        return responder.truncated(bytes)
      case .drop:
        metrics.limited.add()
        return nil
      }
    }
    guard let answer = responder.answer(bytes, over: .udp) else {
      metrics.ignored.add()
      return nil
    }
    metrics.count(answer.code, over: .udp)
    return answer.bytes
  }
}
