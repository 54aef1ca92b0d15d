import NIOCore
import Synchronization
import Testing

@testable import WeftHTTP2

/// HTTP/1.1 over a plain socket: what well-behaved clients do.
@Suite struct HTTP1RequestTests {
  @Test func connectionServesOneRequestAfterAnother() async throws {
    try await withHTTPServer(echo) { _, port in
      let client = try await RawClient.connect(port: port)
      for path in ["/a", "/b", "/c"] {
        try await client.send("GET \(path) HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(try await client.text(through: "\r\n\r\n").hasPrefix("HTTP/1.1 200 OK\r\n"))
        #expect(try await client.text(through: path) == path)
      }
      client.close()
    }
  }

  @Test func pipelinedRequestsAreAnsweredInOrder() async throws {
    try await withHTTPServer(echo) { _, port in
      let client = try await RawClient.connect(port: port)
      let paths = (0..<20).map { "/path\($0)." }
      try await client.send(paths.map { "GET \($0) HTTP/1.1\r\nHost: x\r\n\r\n" }.joined())
      for path in paths { _ = try await client.text(through: path) }
      client.close()
    }
  }

  @Test func pipelinedRequestsWaitUntilTheAnswersBeforeThemAreTaken() async throws {
    let begun = Mutex(0)
    let respond: Respond = { _, _, writer in
      begun.withLock { $0 += 1 }
      try await writer.respond(status: 200, body: ByteBuffer(repeating: 1, count: 100_000))
    }
    try await withHTTPServer(respond) { _, port in
      let silent = try await RawClient.connect(port: port, reads: false)
      defer { silent.close() }
      silent.push(Array(String(repeating: "GET / HTTP/1.1\r\nHost: x\r\n\r\n", count: 5_000).utf8))
      // Whoever reads is served meanwhile, which is also time enough for the other.
      for _ in 0..<200 { #expect(try await statusLine("/", port: port) == "HTTP/1.1 200 OK\r\n") }
      let unread = begun.withLock { $0 } - 200
      // The kernel takes some megabytes, the channel one answer more than its mark.
      #expect(unread < 150, "\(unread) answers were made for a peer that takes none")
    }
  }

  @Test func pipelinedRequestsOfAReaderAreAllAnsweredAndLeaveTurnsToOthers() async throws {
    let order = Mutex<[String]>([])
    let respond: Respond = { request, _, writer in
      order.withLock { $0.append(request.target) }
      try await writer.respond(status: 200, body: ByteBuffer(string: request.target + "."))
    }
    try await withHTTPServer(respond) { _, port in
      let many = try await RawClient.connect(port: port)
      let one = try await RawClient.connect(port: port)
      try await many.send(String(repeating: "GET /many HTTP/1.1\r\nHost: x\r\n\r\n", count: 999))
      try await many.send("GET /last HTTP/1.1\r\nHost: x\r\n\r\n")
      try await one.send("GET /one HTTP/1.1\r\nHost: x\r\n\r\n")
      _ = try await one.text(through: "/one.")
      _ = try await many.text(through: "/last.")
      #expect(order.withLock { $0.count } == 1_001)
    }
  }

  @Test func chunkedRequestIsPutTogether() async throws {
    try await withHTTPServer(echo) { _, port in
      let client = try await RawClient.connect(port: port)
      try await client.send("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n")
      try await client.send("4\r\ndefg\r\n0\r\n\r\n")
      #expect(try await client.text(through: "abcdefg").contains("content-length: 7\r\n"))
      client.close()
    }
  }

  @Test func answerWithoutLengthIsChunkedAndCarriesTrailers() async throws {
    let respond: Respond = { _, _, writer in
      try await writer.writeHead(status: 200)
      try await writer.write(ByteBuffer(string: "abc"))
      try await writer.write(ByteBuffer(string: "defg"))
      try await writer.finish(trailers: ["x-sum": "7"])
    }
    try await withHTTPServer(respond) { _, port in
      let client = try await RawClient.connect(port: port)
      try await client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
      #expect(try await client.text(through: "\r\n\r\n").contains("transfer-encoding: chunked\r\n"))
      #expect(
        try await client.text(through: "\r\n\r\n") == "3\r\nabc\r\n4\r\ndefg\r\n0\r\nx-sum: 7\r\n\r\n")
      client.close()
    }
  }

  @Test func bodyIsAskedForWhenTheClientExpectsIt() async throws {
    try await withHTTPServer(echo) { _, port in
      let client = try await RawClient.connect(port: port)
      try await client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n")
      #expect(try await client.text(through: "\r\n\r\n").hasPrefix("HTTP/1.1 100 Continue\r\n"))
      try await client.send("abc")
      #expect(try await client.text(through: "abc").hasPrefix("HTTP/1.1 200 OK\r\n"))
      client.close()
    }
  }

  @Test func answerToHEADHasNoBodyAndTheConnectionGoesOn() async throws {
    let streaming: Respond = { _, _, writer in
      try await writer.writeHead(status: 200)
      try await writer.write(ByteBuffer(string: "body"))
      try await writer.finish()
    }
    for respond in [echo, streaming] {
      try await withHTTPServer(respond) { _, port in
        let client = try await RawClient.connect(port: port)
        try await client.send("HEAD /long HTTP/1.1\r\nHost: x\r\n\r\n")
        _ = try await client.text(through: "\r\n\r\n")
        try await client.send("DELETE /next HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        #expect(await client.restText().hasPrefix("HTTP/1.1 200 OK\r\n"))
      }
    }
  }

  @Test func statusWithoutBodyKeepsTheConnectionInStep() async throws {
    let respond: Respond = { request, _, writer in
      let status = request.target == "/none" ? 204 : 200
      try await writer.respond(status: status, body: ByteBuffer(string: "text"))
    }
    try await withHTTPServer(respond) { _, port in
      let client = try await RawClient.connect(port: port)
      try await client.send("GET /none HTTP/1.1\r\nHost: x\r\n\r\n")
      #expect(try await client.text(through: "\r\n\r\n").hasPrefix("HTTP/1.1 204 "))
      try await client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
      #expect(try await client.text(through: "\r\n\r\n").hasPrefix("HTTP/1.1 200 OK\r\n"))
      client.close()
    }
  }

  @Test func clientOfHTTP10GetsAnAnswerThatEndsWithTheConnection() async throws {
    let respond: Respond = { _, _, writer in
      try await writer.writeHead(status: 200)
      try await writer.write(ByteBuffer(string: "abc"))
      try await writer.finish()
    }
    try await withHTTPServer(respond) { _, port in
      let client = try await RawClient.connect(port: port)
      try await client.send("GET / HTTP/1.0\r\n\r\n")
      let answer = await client.restText()
      #expect(answer.hasPrefix("HTTP/1.0 200 OK\r\n"))
      #expect(answer.hasSuffix("\r\n\r\nabc"))
      #expect(!answer.contains("chunked"))
    }
  }

  @Test func responderThatWorksOnAfterItsAnswerDoesNotDisturbTheNextRequest() async throws {
    let go = Signal()
    let respond: Respond = { request, body, writer in
      try await echo(request, body, writer)
      if request.target == "/first" {
        await go.wait()
        throw CancellationError()
      }
    }
    try await withHTTPServer(respond) { _, port in
      let client = try await RawClient.connect(port: port)
      try await client.send("POST /first HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\na")
      _ = try await client.text(through: "\r\n\r\na")
      try await client.send("POST /second HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nbb")
      go.fire()
      // The first responder ends now; a third connection shows that its loop went on meanwhile.
      for _ in 0..<20 { #expect(try await statusLine("/", port: port) == "HTTP/1.1 200 OK\r\n") }
      try await client.send("bb")
      #expect(try await client.text(through: "bbbb").hasPrefix("HTTP/1.1 200 OK\r\n"))
      client.close()
    }
  }

  @Test(
    arguments: [
      ("/a?b", "/a?b", nil), ("http://x:1/a?b", "/a?b", "x:1"), ("HTTPS://x", "/", "x"),
      ("http://x?q", "/?q", "x"),
      ("*", "*", nil), ("x:80", "x:80", nil), ("http:/a", "http:/a", nil),
    ] as [(String, String, String?)])
  func aTargetMayNameItsServer(_ target: String, origin: String, authority: String?) {
    let found = HTTP1Target.origin(of: target)
    #expect(found.target == origin)
    #expect(found.authority == authority)
  }

  @Test func aTargetWithItsServerIsAnswered() async throws {
    try await withHTTPServer(echo) { _, port in
      let client = try await RawClient.connect(port: port)
      try await client.send("GET http://y/a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
      #expect(await client.restText().hasSuffix("\r\n\r\n/a"))
    }
  }

  @Test func theLastRequestOfAConnectionIsAnsweredWhateverFollowsIt() async throws {
    try await withHTTPServer(echo) { _, port in
      for head in ["GET /a HTTP/1.0\r\n\r\n", "GET /a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"] {
        let client = try await RawClient.connect(port: port)
        try await client.send(head + "what is this")
        #expect(await client.restText().contains(" 200 OK\r\n"))
      }
    }
  }
}

/// The first line of the answer to a GET on a new connection.
func statusLine(_ path: String, port: Int) async throws -> String {
  let client = try await RawClient.connect(port: port)
  defer { client.close() }
  try await client.send("GET \(path) HTTP/1.1\r\nHost: x\r\n\r\n")
  return try await client.text(through: "\r\n")
}
