import Testing

@testable import WeftDNS

@Suite("DNS answers as messages")
struct DNSResponderTests {
  private func asker(_ count: Int = 1) throws -> Asker {
    try Asker(services: ["web": DNSInstance.many(count)])
  }

  @Test("keep the id, the question and RD, and offer no recursion")
  func header() throws {
    let message = try asker().ask("WeB.service.consul", .a)
    #expect(message.header.id == 0x1234)
    #expect(message.header.isResponse && message.header.wantsRecursion)
    #expect(message.header.flags & 0x0080 == 0)
    #expect(message.questions.map(\.name.description) == ["WeB.service.consul."])
  }

  @Test("over UDP fit in 512 bytes, and say when they do not hold everything")
  func truncation() throws {
    let query = Asker.query("web.service.consul", .srv)
    let bytes = try #require(try asker(100).responder.answer(query, over: .udp)).bytes
    let message = try DNSMessage(bytes)
    #expect(bytes.count <= 512)
    #expect(message.header.isTruncated)
    #expect(!message.locations.isEmpty)
    let whole = try asker(100).ask("web.service.consul", .srv, over: .tcp)
    #expect(!whole.header.isTruncated)
    #expect(whole.locations.count == 100 && whole.additionals.count == 100)
  }

  @Test("leave out additional records first, without a word")
  func additionals() throws {
    // Eight locations fit in 512 bytes, their addresses do not.
    let message = try asker(8).ask("web.service.consul", .srv)
    #expect(message.locations.count == 8)
    #expect(!message.header.isTruncated)
    #expect(message.additionals.count < 8)
  }

  @Test(
    "over UDP may be as large as client and server allow", arguments: [0, 511, 512, 1_000, 1_232, 65_535])
  func payload(bytes: Int) throws {
    let edns = DNSExtension(payloadBytes: UInt16(bytes))
    let query = Asker.query("web.service.consul", .a, edns: edns)
    let answer = try #require(try asker(200).responder.answer(query, over: .udp)).bytes
    let limit = min(max(bytes, 512), 1_232)
    #expect(answer.count <= limit && answer.count > limit - 16)
    #expect(try DNSMessage(answer).edns?.payloadBytes == 1_232)
  }

  @Test("over TCP hold what 65535 bytes can, and say when that is not everything")
  func largest() throws {
    let answer = try #require(
      try asker(9_000).responder.answer(Asker.query("web.service.consul", .a), over: .tcp)
    ).bytes
    #expect(answer.count <= 65_535)
    let message = try DNSMessage(answer)
    #expect(message.header.isTruncated && message.answers.count > 4_000)
  }

  @Test("carry EDNS only when the query did, with its DO bit")
  func edns() throws {
    #expect(try asker().ask("web.service.consul", .a).edns == nil)
    let edns = DNSExtension(payloadBytes: 4_096, wantsSignatures: true)
    #expect(try asker().ask("web.service.consul", .a, edns: edns).edns?.wantsSignatures == true)
  }

  @Test("name the version of EDNS that is known when the query has another")
  func badVersion() throws {
    let message = try asker().ask(
      "web.service.consul", .a, edns: DNSExtension(payloadBytes: 512, version: 1))
    #expect(message.responseCode == .badVersion)
    #expect(message.edns?.version == 0)
    #expect(message.answers.isEmpty)
  }

  @Test("to a damaged query are FORMERR")
  func formatError() throws {
    let query = Asker.query("web.service.consul", .a)
    var twoQuestions = query
    twoQuestions[5] = 2
    var loop = query
    loop[12] = 0xC0
    loop[13] = 12
    var none = Array(query[..<12])
    none[5] = 0
    var twoExtensions = Asker.query("web.service.consul", .a, edns: DNSExtension(payloadBytes: 512))
    twoExtensions[11] = 2
    twoExtensions += twoExtensions.suffix(11)
    for bytes in [twoQuestions, loop, none, twoExtensions, Array(query.dropLast(3))] {
      #expect(try asker().send(bytes).responseCode == .formatError)
    }
  }

  @Test("to what is no query are NOTIMP", arguments: [1, 2, 4, 5, 15] as [UInt8])
  func opcodes(opcode: UInt8) throws {
    var query = Asker.query("web.service.consul", .a)
    query[2] = opcode << 3
    let message = try asker().send(query)
    #expect(message.responseCode == .notImplemented)
    #expect(message.header.opcode == opcode)
  }

  @Test("are not given to answers, nor to what has no header")
  func silence() throws {
    let responder = try asker().responder
    var answer = Asker.query("web.service.consul", .a)
    answer[2] |= 0x80
    #expect(responder.answer(answer, over: .udp) == nil)
    #expect(responder.answer(Array(answer[..<11]), over: .udp) == nil)
    #expect(responder.answer([], over: .tcp) == nil)
    #expect(responder.truncated(answer) == nil)
  }

  @Test("of a limited source are no longer than its query, and send it to TCP")
  func limited() throws {
    let query = Asker.query("web.service.consul", .a)
    let bytes = try #require(try asker(50).responder.truncated(query))
    let message = try DNSMessage(bytes)
    #expect(bytes.count == query.count)
    #expect(message.header.isTruncated && message.questions.count == 1)
  }
}
