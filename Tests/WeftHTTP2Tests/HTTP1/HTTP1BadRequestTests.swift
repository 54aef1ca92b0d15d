import NIOCore
import Synchronization
import Testing
import WeftHTTP2

/// HTTP/1.1 that is broken, too large or too slow.
@Suite struct HTTP1BadRequestTests {
  @Test(arguments: [
    "GET\r\n\r\n",
    "FOO / HTTP/1.1\r\nHost: x\r\n\r\n",
    "GET / HTTP/9.9\r\nHost: x\r\n\r\n",
    "GET /\u{674e} HTTP/1.1\r\nHost: x\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: x\r\nno colon\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
    "\u{0}\u{1}\u{2}garbage\r\n\r\n",
  ])
  func brokenRequestIsAnsweredWithAReasonAndClosed(_ request: String) async throws {
    try await withHTTPServer(echo) { _, port in
      let client = try await RawClient.connect(port: port)
      try await client.send(request)
      let answer = await client.restText()
      #expect(answer.hasPrefix("HTTP/1.1 400 Bad Request\r\n"), "\(request)")
      #expect(answer.contains("connection: close\r\n"))
      let body = answer.split(separator: "\r\n\r\n", omittingEmptySubsequences: false).last ?? ""
      #expect(body.contains("request"), "says what is wrong: \(answer)")
    }
  }

  @Test func requestWithoutHostIsRefused() async throws {
    try await withHTTPServer(echo) { _, port in
      let client = try await RawClient.connect(port: port)
      try await client.send("GET / HTTP/1.1\r\n\r\n")
      let answer = await client.restText()
      #expect(answer.hasPrefix("HTTP/1.1 400 Bad Request\r\n"))
      #expect(answer.lowercased().contains("host"))
    }
  }

  @Test func badRequestBehindAGoodOneIsAnsweredAfterIt() async throws {
    try await withHTTPServer(echo) { _, port in
      let client = try await RawClient.connect(port: port)
      try await client.send("GET /good HTTP/1.1\r\nHost: x\r\n\r\nGARBAGE\r\n\r\n")
      let answer = await client.restText()
      #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n"))
      #expect(answer.contains("/goodHTTP/1.1 400 Bad Request\r\n"))
    }
  }

  @Test func brokenChunkEndsTheRequestAndItsResponder() async throws {
    let failed = Signal()
    let respond: Respond = { _, body, writer in
      do {
        _ = try await body.collect(upTo: 1000)
      } catch {
        failed.fire()
        throw error
      }
    }
    try await withHTTPServer(respond) { _, port in
      let client = try await RawClient.connect(port: port)
      try await client.send(
        "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nzz\r\n")
      let answer = await client.restText()
      #expect(answer.hasPrefix("HTTP/1.1 400 Bad Request\r\n"))
      await failed.wait()
    }
  }

  @Test func headersOverTheLimitAreAnsweredWith431() async throws {
    let long = String(repeating: "v", count: 20_000)
    let endless = String(repeating: "v", count: 200_000)
    let many = (0..<200).map { "x-\($0): 1\r\n" }.joined()
    for fields in ["x: \(long)\r\n", many, "x: \(endless)\r\n"] {
      try await withHTTPServer(echo) { _, port in
        let client = try await RawClient.connect(port: port)
        client.push(Array("GET / HTTP/1.1\r\nHost: x\r\n\(fields)\r\n".utf8))
        let answer = await client.restText()
        #expect(answer.hasPrefix("HTTP/1.1 431 Request Header Fields Too Large\r\n"))
        #expect(answer.contains("limit"))
        #expect(try await statusLine("/", port: port) == "HTTP/1.1 200 OK\r\n")
      }
    }
  }

  @Test func headThatComesTooSlowlyIsAnsweredWith408AndCutOff() async throws {
    try await withHTTPServer(limits: .impatient, echo) { _, port in
      let client = try await RawClient.connect(port: port)
      let trickle = Task {
        for byte in Array("GET / HTTP/1.1\r\nHost: ".utf8) + [UInt8](repeating: 120, count: 100_000) {
          client.push([byte])
          try await Task.sleep(for: .milliseconds(5))
        }
      }
      expectHeadTimeout(await client.restText())
      trickle.cancel()
    }
  }

  @Test func secondHeadThatComesTooSlowlyIsAnsweredWith408AndCutOff() async throws {
    var limits = HTTPLimits.impatient
    limits.idleTimeout = .hours(1)
    try await withHTTPServer(limits: limits, echo) { _, port in
      let client = try await RawClient.connect(
        port: port, first: Array("GET /a HTTP/1.1\r\nHost: x\r\n\r\n".utf8))
      _ = try await client.text(through: "/a")
      try await client.send("GET /b HT")
      expectHeadTimeout(await client.restText())
    }
  }

  @Test func headThatFollowsABodyHasItsOwnTime() async throws {
    var limits = HTTPLimits.impatient
    limits.idleTimeout = .hours(1)
    try await withHTTPServer(limits: limits, echo) { _, port in
      let client = try await RawClient.connect(
        port: port, first: Array("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\n".utf8))
      try await client.send("body")
      _ = try await client.text(through: "\r\n\r\nbody")
      try await client.send("G")
      expectHeadTimeout(await client.restText())
    }
  }

  @Test func restOfAHeadThatWasRefusedIsNotServed() async throws {
    let served = Mutex(0)
    let respond: Respond = { _, _, writer in
      served.withLock { $0 += 1 }
      try await writer.respond(status: 200, fields: [:], body: ByteBuffer())
    }
    try await withHTTPServer(limits: .impatient, respond) { _, port in
      let client = try await RawClient.connect(port: port)
      try await client.send("GET / HTTP/1.1\r\n")
      _ = try await client.text(through: "within the limit")
      client.push(Array("Host: x\r\n\r\n".utf8))
      _ = await client.rest()
      #expect(served.withLock { $0 } == 0)
    }
  }

  private func expectHeadTimeout(_ answer: String, sourceLocation: SourceLocation = #_sourceLocation) {
    #expect(answer.hasPrefix("HTTP/1.1 408 Request Timeout\r\n"), sourceLocation: sourceLocation)
    #expect(answer.contains("connection: close\r\n"), sourceLocation: sourceLocation)
    #expect(answer.contains("head did not come within the limit"), sourceLocation: sourceLocation)
  }

  @Test func connectionWithoutARequestIsClosedAfterAWhile() async throws {
    try await withHTTPServer(limits: .impatient, echo) { _, port in
      let client = try await RawClient.connect(
        port: port, first: Array("GET /a HTTP/1.1\r\nHost: x\r\n\r\n".utf8))
      _ = try await client.text(through: "/a")
      #expect(await client.rest().isEmpty)
    }
  }

  @Test func headerThatCannotBeSentBecomesAnError() async throws {
    let respond: Respond = { _, _, writer in
      try await writer.respond(
        status: 200, fields: ["x-bad": "a\r\nset-cookie: b"], body: ByteBuffer(string: "no"))
    }
    try await withHTTPServer(respond) { _, port in
      let client = try await RawClient.connect(port: port)
      try await client.send("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
      let answer = await client.restText()
      #expect(answer.hasPrefix("HTTP/1.1 500 "))
      #expect(!answer.contains("set-cookie"))
    }
  }
}
