import Logging
import NIOCore
import NIOPosix
import NIOSSL
import Testing
import WeftHTTP2

typealias Respond =
  @Sendable (HTTPRequestHead, HTTPRequestBody, HTTPResponseWriter) async throws -> Void

/// Answers with a closure.
struct ClosureResponder: HTTPResponder {
  let closure: Respond

  func respond(
    to request: HTTPRequestHead, body: HTTPRequestBody, writer: HTTPResponseWriter
  ) async throws {
    try await closure(request, body, writer)
  }
}

/// Something that happens once, or several times, and that a test waits for.
final class Signal: Sendable {
  private let pair = AsyncStream.makeStream(of: Void.self)

  func fire() {
    pair.continuation.yield()
  }

  /// Waits for the next time.
  func wait() async {
    for await _ in pair.stream { return }
  }
}

/// Runs `body` against a real server on a free port of the loopback.
func withHTTPServer<Result>(
  limits: HTTPLimits = .patient, tls: TLSConfiguration? = nil, allowsPlaintext: Bool = true,
  configure: (inout HTTPServerConfiguration) -> Void = { _ in },
  _ respond: @escaping Respond, _ body: (HTTPServer, Int) async throws -> Result
) async throws -> Result {
  var configuration = HTTPServerConfiguration(
    port: 0, tls: tls, allowsPlaintext: allowsPlaintext, limits: limits)
  configure(&configuration)
  let server = HTTPServer(
    configuration: configuration, responder: ClosureResponder(closure: respond),
    group: MultiThreadedEventLoopGroup.singleton, logger: Logger(label: "test"))
  let port = try #require(try await server.start().port)
  do {
    let result = try await body(server, port)
    await server.shutdown(grace: .zero)
    return result
  } catch {
    await server.shutdown(grace: .zero)
    throw error
  }
}

/// Answers with the request's body, or with its target when it has none.
let echo: Respond = { request, body, writer in
  var whole = try await body.collect(upTo: 1 << 20)
  if whole.readableBytes == 0 { whole = ByteBuffer(string: request.target) }
  try await writer.respond(status: 200, body: whole)
}

extension HTTPLimits {
  /// For tests of something else than time, whose process may be slow.
  static var patient: HTTPLimits {
    var limits = HTTPLimits()
    limits.headerTimeout = .seconds(300)
    limits.idleTimeout = .seconds(300)
    return limits
  }

  /// Soon enough for a test to wait for it.
  static var impatient: HTTPLimits {
    var limits = HTTPLimits()
    // Long enough for a test process that shares two cores with hundreds of other tests.
    limits.headerTimeout = .seconds(10)
    limits.idleTimeout = .seconds(15)
    return limits
  }

  /// Patient with connections that rest, impatient with those that stop in the middle of something.
  static var impatientInFrames: HTTPLimits {
    var limits = impatient
    limits.idleTimeout = .seconds(3600)
    return limits
  }
}
