import Testing

@testable import WeftConsul

@Suite struct EventTests {
  @Test func eventsAreListedByName() async throws {
    let api = try await LiveAPI.start()
    #expect(try await api.get("/v1/event/list").text == "[]")
    #expect(try await api.put("/v1/event/fire/deploy?service=web", "v2").string("Payload") == "djI=")
    try await api.put("/v1/event/fire/other")
    #expect(try await api.get("/v1/event/list").count() == 2)
    #expect(try await api.get("/v1/event/list?name=deploy").string("0.ServiceFilter") == "web")
    #expect(try await api.get("/v1/event/list?name=nobody").text == "[]")
    #expect(try await api.put("/v1/event/fire/deploy?service=%5B").status == 400)
    #expect(try await api.put("/v1/event/fire/").text == "Missing name")
  }

  /// Consul's clients compute it so.
  @Test func theIndexIsTheExclusiveOrOfTheIDsHalves() {
    let log = EventLog()
    var last: UInt64 = 0
    for _ in 0..<10 {
      let event = log.fire(name: "e", payload: [], node: "", service: "", tag: "")
      let digits = event.id.filter { $0 != "-" }
      let high = UInt64(digits.prefix(16), radix: 16) ?? 0
      let low = UInt64(digits.suffix(16), radix: 16) ?? 0
      #expect(high ^ low == event.index)
      #expect(event.index > last)
      last = event.index
    }
  }

  @Test func waitsForTheNextEventOfAName() async throws {
    let api = try await LiveAPI.start()
    let before = try await api.put("/v1/event/fire/deploy").status
    #expect(before == 200)
    let index = try await api.get("/v1/event/list?name=deploy").index
    async let waiting = api.get("/v1/event/list?name=deploy&index=\(index)&wait=60s")
    try await api.put("/v1/event/fire/other")
    try await api.put("/v1/event/fire/deploy")
    let reply = try await waiting
    #expect(try reply.count() == 2)
    #expect(reply.index > index)
  }

  @Test func keepsOnlyTheLastOnes() {
    let log = EventLog()
    for number in 0..<(EventLog.capacity + 10) {
      _ = log.fire(name: "\(number)", payload: [], node: "", service: "", tag: "")
    }
    let events = log.list(name: nil).events
    #expect(events.count == EventLog.capacity)
    #expect(events.first?.name == "10")
  }
}
