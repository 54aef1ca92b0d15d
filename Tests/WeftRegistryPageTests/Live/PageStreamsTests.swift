import Testing

@testable import WeftRegistryPage

@Suite("Views that are followed")
struct PageStreamsTests {
  @Test("come at once, and again with every change")
  func changes() async throws {
    try await withPage { client, source in
      async let answer = client.ask("GET", "/ui/api/events?view=services", until: "second")
      try await eventually { source.state.withLock { !$0.visitors.isEmpty } }
      source.change { $0.services[0].name = "second" }
      let body = try await answer.body
      #expect(body.contains("event: state\nid: 1\ndata: {"))
      #expect(body.contains("\"name\":\"web\"") && body.contains("\"name\":\"second\""))
    }
  }

  @Test("show that they live when nothing happens")
  func idle() async throws {
    try await withPage(streams: PageStreams(idle: .milliseconds(1), pause: .zero)) { client, _ in
      let answer = try await client.ask("GET", "/ui/api/events?view=services", until: ": still here\n\n")
      #expect(answer.fields["content-type"] == "text/event-stream")
      #expect(answer.body.components(separatedBy: "event: state").count == 2)
    }
  }

  @Test("are refused to who may not see them, with the status")
  func refused() async throws {
    try await withPage { client, source in
      source.change { $0.refusal = PageProblem(status: 403, "this token may not read services") }
      let answer = try await client.ask("GET", "/ui/api/events?view=services")
      #expect(answer.status == 403)
      #expect(answer.body == #"{"message":"this token may not read services"}"#)
    }
  }

  @Test("end when the visitor may no longer see them, and say why")
  func revoked() async throws {
    try await withPage { client, source in
      async let answer = client.ask("GET", "/ui/api/events?view=services", until: "event: problem")
      try await eventually { source.state.withLock { !$0.visitors.isEmpty } }
      source.change { $0.refusal = PageProblem(status: 403, "revoked") }
      let found1 = try await answer
      #expect(found1.status == 200)
    }
  }

  @Test("end when the registry shuts down")
  func shutdown() async throws {
    try await withPage { client, source in
      async let answer = client.ask("GET", "/ui/api/events?view=services")
      try await eventually { source.state.withLock { !$0.visitors.isEmpty } }
      source.change { $0.isClosed = true }
      let found = try await answer
      #expect(found.status == 200)
    }
  }

  @Test("are limited in number")
  func limit() async throws {
    try await withPage(streams: PageStreams(limit: 0)) { client, _ in
      let found2 = try await client.ask("GET", "/ui/api/events?view=services")
      #expect(found2.status == 503)
    }
  }
}
