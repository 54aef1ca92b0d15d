import Testing
import WeftProtobuf
import WeftRPC

private typealias Note = Weft_Test_Services_V1_Note

private struct Echo: Weft_Test_Services_V1_EchoServiceHandler {
  func echo(
    _ request: Weft_Test_Services_V1_Note, context: ServerContext
  ) async throws -> Weft_Test_Services_V1_Note { request }

  func collect(
    _ requests: RequestStream<Weft_Test_Services_V1_Note>, context: ServerContext
  ) async throws -> Weft_Test_Services_V1_Note {
    var text = ""
    for try await note in requests { text += note.text }
    return .with { $0.text = text }
  }

  func expand(
    _ request: Weft_Test_Services_V1_Note, responses: ResponseWriter<Weft_Test_Services_V1_Note>,
    context: ServerContext
  ) async throws {
    for letter in request.text { try await responses.write(.with { $0.text = String(letter) }) }
  }

  func chat(
    _ requests: RequestStream<Weft_Test_Services_V1_Note>,
    responses: ResponseWriter<Weft_Test_Services_V1_Note>, context: ServerContext
  ) async throws {
    for try await note in requests { try await responses.write(note) }
  }
}

/// Generated handlers and clients, over a real connection.
@Suite struct ServiceTests {
  private func withClient(
    _ body: (Weft_Test_Services_V1_EchoServiceClient) async throws -> Void
  ) async throws {
    let server = RPCServer(
      configuration: RPCServerConfiguration(insecure: true), services: [Echo()])
    let port = try #require(try await server.start().port)
    let channel = Channel(target: "ipv4:127.0.0.1:\(port)")
    do {
      try await body(Weft_Test_Services_V1_EchoServiceClient(channel))
    } catch {
      Issue.record(error)
    }
    await channel.shutdown()
    await server.shutdown(grace: .seconds(1))
  }

  @Test func allFourKindsOfCall() async throws {
    try await withClient { client in
      #expect(try await client.echo(.with { $0.text = "one" }).text == "one")

      let collected = try await client.collect { requests in
        for text in ["a", "b", "c"] { try await requests.write(.with { $0.text = text }) }
      }
      #expect(collected.text == "abc")

      let expanded = try await client.expand(.with { $0.text = "xyz" }) { responses in
        var texts: [String] = []
        for try await note in responses { texts.append(note.text) }
        return texts
      }
      #expect(expanded == ["x", "y", "z"])

      let answers = try await client.chat { requests, responses in
        var texts: [String] = []
        var iterator = responses.makeAsyncIterator()
        for text in ["hi", "there"] {
          try await requests.write(.with { $0.text = text })
          if let answer = try await iterator.next() { texts.append(answer.text) }
        }
        try await requests.finish()
        #expect(try await iterator.next() == nil)
        return texts
      }
      #expect(answers == ["hi", "there"])
    }
  }

  @Test func methodsKnowTheirNamesKindsAndIdempotency() {
    typealias Methods = Weft_Test_Services_V1_EchoServiceMethods
    #expect(Methods.echo.path == "/weft.test.services.v1.EchoService/Echo")
    #expect(Methods.echo.kind == .unary && Methods.echo.idempotency == .noSideEffects)
    #expect(Methods.collect.kind == .clientStreaming && Methods.collect.idempotency == .unknown)
    #expect(Methods.expand.kind == .serverStreaming && Methods.expand.idempotency == .idempotent)
    #expect(Methods.chat.kind == .bidirectional)
    #expect(Echo.serviceName == "weft.test.services.v1.EchoService")
  }

  @Test func theEmbeddedDescriptorsTellTheHTTPBindings() throws {
    let service = try #require(Echo.file.pool.service(named: Echo.serviceName))
    #expect(
      service.method(named: "Echo")?.httpRules == [
        HTTPRule(verb: "GET", path: "/v1/echo/{text}"),
        HTTPRule(verb: "POST", path: "/v1/echo", body: "*"),
        HTTPRule(verb: "SEARCH", path: "/v1/{text=echoes/*}:find", responseBody: "text"),
      ])
    #expect(service.method(named: "Chat")?.httpRules == [])
  }
}
