import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import WeftDiscovery

extension NetworkProber {
  /// One HTTP/1.1 request. A redirection is not followed: it is an answer, and not a good one.
  func http(_ probe: HTTPProbe, timeout: Duration) async -> ProbeResult {
    let deadline = NIODeadline.now() + timeout.amount
    do {
      let answer = try await answer(to: probe, deadline: deadline)
      let output = "HTTP \(probe.method) \(probe.url): \(answer.status) Output: \(answer.body)"
      switch answer.status.code {
      case 200...299: return ProbeResult(status: .passing, output: output)
      case 429: return ProbeResult(status: .warning, output: output)
      default: return ProbeResult(status: .critical, output: output)
      }
    } catch {
      return ProbeResult(
        status: .critical, output: "HTTP \(probe.method) \(probe.url): \(Self.reason(error))")
    }
  }

  static func tls(skipVerify: Bool) -> TLSConfiguration {
    var configuration = TLSConfiguration.makeClientConfiguration()
    if skipVerify { configuration.certificateVerification = .none }
    return configuration
  }

  private func answer(to probe: HTTPProbe, deadline: NIODeadline) async throws -> HTTPProbeAnswer {
    guard let url = URLComponents(string: probe.url), let host = url.host, !host.isEmpty else {
      throw ProbeProblem("the URL has no host")
    }
    let isSecure = url.scheme?.lowercased() == "https"
    let port = url.port ?? (isSecure ? 443 : 80)
    let name = host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host
    let context = isSecure ? try NIOSSLContext(configuration: Self.tls(skipVerify: probe.skipTLSVerify)) : nil
    let request = HTTPProbeRequest(
      probe: probe, url: url, authority: url.port == nil ? host : "\(host):\(port)")
    let outputLimit = outputLimit
    let eventLoop = group.next()
    let promise = eventLoop.makePromise(of: HTTPProbeAnswer.self)
    let alarm = eventLoop.scheduleTask(deadline: deadline) {
      promise.fail(ProbeProblem("no answer in time"))
    }
    let connection = ClientBootstrap(group: eventLoop)
      .connectTimeout(max(deadline - .now(), .milliseconds(1)))
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          if let context {
            // RFC 6066, section 3: no address goes into the server name.
            let serverName = (try? SocketAddress(ipAddress: name, port: port)) == nil ? name : nil
            try channel.pipeline.syncOperations.addHandler(
              NIOSSLClientHandler(context: context, serverHostname: serverName))
          }
          try channel.pipeline.syncOperations.addHTTPClientHandlers()
          try channel.pipeline.syncOperations.addHandler(
            HTTPProbeHandler(request: request, limit: outputLimit, promise: promise))
        }
      }
      .connect(host: name, port: port)
    connection.whenFailure { promise.fail($0) }
    // Whatever ends the wait ends the connection.
    promise.futureResult.whenComplete { _ in
      alarm.cancel()
      connection.whenSuccess { $0.close(promise: nil) }
    }
    return try await withTaskCancellationHandler {
      try await promise.futureResult.get()
    } onCancel: {
      promise.fail(CancellationError())
    }
  }
}

struct HTTPProbeAnswer: Sendable {
  var status: HTTPResponseStatus
  /// The beginning of it, as text.
  var body: String
}

private struct HTTPProbeRequest: Sendable {
  var head: HTTPRequestHead
  var body: String

  init(probe: HTTPProbe, url: URLComponents, authority: String) {
    var uri = url.percentEncodedPath.isEmpty ? "/" : url.percentEncodedPath
    if let query = url.percentEncodedQuery { uri += "?" + query }
    var headers = HTTPHeaders()
    headers.add(name: "Host", value: authority)
    headers.add(name: "User-Agent", value: "weft-registry")
    headers.add(name: "Accept", value: "text/plain, text/*, */*")
    headers.add(name: "Connection", value: "close")
    for (name, values) in probe.headers {
      headers.remove(name: name)
      for value in values { headers.add(name: name, value: value) }
    }
    if !probe.body.isEmpty { headers.replaceOrAdd(name: "Content-Length", value: "\(probe.body.utf8.count)") }
    head = HTTPRequestHead(
      version: .http1_1, method: HTTPMethod(rawValue: probe.method.uppercased()), uri: uri, headers: headers)
    body = probe.body
  }
}

/// Sends the request and reads the answer, of its body no more than asked for.
private final class HTTPProbeHandler: ChannelInboundHandler {
  typealias InboundIn = HTTPClientResponsePart
  typealias OutboundOut = HTTPClientRequestPart

  private let request: HTTPProbeRequest
  private let limit: Int
  private let promise: EventLoopPromise<HTTPProbeAnswer>
  private var status: HTTPResponseStatus?
  private var body = ByteBuffer()

  init(request: HTTPProbeRequest, limit: Int, promise: EventLoopPromise<HTTPProbeAnswer>) {
    self.request = request
    self.limit = limit
    self.promise = promise
  }

  func channelActive(context: ChannelHandlerContext) {
    context.write(wrapOutboundOut(.head(request.head)), promise: nil)
    if !request.body.isEmpty {
      context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: request.body)))), promise: nil)
    }
    context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    context.fireChannelActive()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    // 100 to 199 announce the answer, and are none (RFC 9110, section 15.2).
    case .head(let head): if head.status.code >= 200 { status = head.status }
    case .body(var part):
      let room = limit - body.readableBytes
      if let slice = part.readSlice(length: min(room, part.readableBytes)) {
        body.writeImmutableBuffer(slice)
      }
      if body.readableBytes >= limit { finish() }
    case .end: finish()
    }
  }

  func channelInactive(context: ChannelHandlerContext) {
    finish()
    promise.fail(ProbeProblem("the connection was closed before an answer came"))
    context.fireChannelInactive()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    promise.fail(error)
    context.close(promise: nil)
  }

  private func finish() {
    guard let status else { return }
    promise.succeed(HTTPProbeAnswer(status: status, body: String(buffer: body)))
  }
}
