import NIOCore
import Synchronization
import Testing
import WeftHTTP2

/// How HTTP/1.1 connections fill, break and end.
@Suite struct HTTP1ConnectionTests {
  @Test func slowReaderGetsAllOfAnAnswerThatEndsTheConnection() async throws {
    let size = 4 << 20
    let respond: Respond = { _, _, writer in
      try await writer.respond(status: 200, body: ByteBuffer(repeating: 120, count: size))
    }
    // A peer that takes nothing for this long is cut off, and this one waits for others on a busy machine.
    var limits = HTTPLimits()
    limits.headerTimeout = .hours(1)
    try await withHTTPServer(limits: limits, respond) { _, port in
      let client = try await RawClient.connect(port: port, reads: false)
      try await client.send("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
      // Others are served while this answer waits for its reader.
      for _ in 0..<5 {
        let other = try await RawClient.connect(port: port)
        try await other.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        _ = try await other.text(through: "\r\n\r\n")
        other.close()
      }
      try await client.resume()
      let answer = await client.rest()
      #expect(answer.count > size)
    }
  }

  @Test func slowReaderHoldsTheResponderAtABoundedNumberOfBytes() async throws {
    let written = Atomic<Int>(0)
    let respond: Respond = { request, body, writer in
      guard request.target == "/endless" else { return try await echo(request, body, writer) }
      try await writer.writeHead(status: 200)
      while true {
        try await writer.write(ByteBuffer(repeating: 120, count: 16 << 10))
        written.wrappingAdd(16 << 10, ordering: .relaxed)
      }
    }
    try await withHTTPServer(respond) { _, port in
      let client = try await RawClient.connect(port: port, reads: false)
      try await client.send("GET /endless HTTP/1.1\r\nHost: x\r\n\r\n")
      var before = -1
      var now = 0
      while before != now || now == 0 {
        before = now
        for _ in 0..<20 { _ = try await statusLine("/", port: port) }
        now = written.load(ordering: .relaxed)
      }
      #expect(now < 8 << 20)
      client.close()
    }
  }

  @Test func responderIsHeldAtABoundedNumberOfUnreadBytes() async throws {
    let go = Signal()
    let respond: Respond = { request, body, writer in
      if request.target == "/slow" { await go.wait() }
      var count = 0
      for try await part in body { count += part.readableBytes }
      try await writer.respond(status: 200, body: ByteBuffer(string: "count \(count)."))
    }
    let size = 6 << 20
    try await withHTTPServer(respond) { _, port in
      let client = try await RawClient.connect(port: port)
      let head = "POST /slow HTTP/1.1\r\nHost: x\r\nContent-Length: \(size)\r\n\r\n"
      let sent = Task {
        try await client.send(Array(head.utf8) + [UInt8](repeating: 120, count: size))
      }
      for _ in 0..<20 { _ = try await statusLine("/", port: port) }
      go.fire()
      _ = try await client.text(through: "count \(size).")
      try await sent.value
      client.close()
    }
  }

  @Test func answerBeforeTheBodyReachesTheClient() async throws {
    let respond: Respond = { _, body, writer in
      do {
        _ = try await body.collect(upTo: 1000)
      } catch is HTTPBodyTooLarge {
        try await writer.respond(status: 413, body: ByteBuffer(string: "too large."))
      }
    }
    try await withHTTPServer(respond) { _, port in
      for _ in 0..<10 {
        let client = try await RawClient.connect(port: port)
        client.push(Array("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 8000000\r\n\r\n".utf8))
        for _ in 0..<60 { client.push([UInt8](repeating: 120, count: 32 << 10)) }
        let answer = try await client.text(through: "too large.")
        #expect(answer.hasPrefix("HTTP/1.1 413 "))
        client.close()
      }
    }
  }

  @Test func connectionGoesOnWhenTheUnreadBodyWasShort() async throws {
    let respond: Respond = { request, _, writer in
      try await writer.respond(status: 403, body: ByteBuffer(string: request.target))
    }
    try await withHTTPServer(respond) { _, port in
      let client = try await RawClient.connect(port: port)
      try await client.send("POST /first HTTP/1.1\r\nHost: x\r\nContent-Length: 6\r\n\r\nabc")
      _ = try await client.text(through: "/first")
      try await client.send("defGET /second HTTP/1.1\r\nHost: x\r\n\r\n")
      _ = try await client.text(through: "/second")
      client.close()
    }
  }

  @Test func clientThatSendsForEverAfterItsAnswerIsCutOff() async throws {
    let respond: Respond = { _, _, writer in
      try await writer.respond(status: 403, body: ByteBuffer(string: "no."))
    }
    try await withHTTPServer(limits: .impatient, respond) { _, port in
      let client = try await RawClient.connect(port: port)
      client.push(Array("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n".utf8))
      let flood = Task {
        while !Task.isCancelled { try await client.send(Array("1\r\na\r\n".utf8)) }
      }
      _ = await client.rest()
      flood.cancel()
    }
  }

  @Test func clientThatGoesAwayCancelsTheResponder() async throws {
    let started = Signal()
    let ended = Signal()
    let respond: Respond = { _, _, _ in
      started.fire()
      defer { ended.fire() }
      try await Task.sleep(for: .seconds(3600))
    }
    try await withHTTPServer(respond) { _, port in
      for request in [
        "GET / HTTP/1.1\r\nHost: x\r\n\r\n", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n",
      ] {
        let client = try await RawClient.connect(port: port)
        try await client.send(request)
        await started.wait()
        client.close()
        await ended.wait()
      }
    }
  }

  @Test func writerWhoseTaskIsCancelledStopsWaiting() async throws {
    let ended = Signal()
    let respond: Respond = { _, _, writer in
      try await writer.writeHead(status: 200)
      // Off the loop, and cancelled before it waits.
      let writing = Task.detached {
        defer { ended.fire() }
        withUnsafeCurrentTask { $0?.cancel() }
        while true { try await writer.write(ByteBuffer(repeating: 120, count: 1 << 20)) }
      }
      _ = await writing.result
      throw CancellationError()
    }
    try await withHTTPServer(respond) { _, port in
      let client = try await RawClient.connect(port: port, reads: false)
      try await client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
      await ended.wait()
      client.close()
    }
  }

  @Test func shutdownLetsARunningAnswerFinish() async throws {
    let started = Signal()
    let go = Signal()
    let respond: Respond = { request, body, writer in
      started.fire()
      await go.wait()
      try await echo(request, body, writer)
    }
    try await withHTTPServer(respond) { server, port in
      let client = try await RawClient.connect(port: port)
      let idle = try await RawClient.connect(port: port)
      try await client.send("GET /late HTTP/1.1\r\nHost: x\r\n\r\n")
      await started.wait()
      async let first: Void = server.shutdown(grace: .seconds(600))
      async let second: Void = server.shutdown(grace: .seconds(600))
      _ = await idle.rest()
      go.fire()
      let answer = await client.restText()
      #expect(answer.hasSuffix("/late"))
      #expect(answer.contains("connection: close\r\n"))
      _ = await (first, second)
    }
  }

  @Test func connectionsOverTheLimitAreClosed() async throws {
    var limits = HTTPLimits()
    limits.maxConnections = 2
    try await withHTTPServer(limits: limits, echo) { _, port in
      let first = try await RawClient.connect(port: port)
      try await first.send("GET /a HTTP/1.1\r\nHost: x\r\n\r\n")
      _ = try await first.text(through: "/a")
      let second = try await RawClient.connect(port: port)
      try await second.send("GET /b HTTP/1.1\r\nHost: x\r\n\r\n")
      _ = try await second.text(through: "/b")
      let third = try await RawClient.connect(port: port)
      #expect(await third.rest().isEmpty)
      first.close()
      second.close()
    }
  }
}
