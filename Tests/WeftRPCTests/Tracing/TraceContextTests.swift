import Testing

@testable import WeftRPC

@Suite struct TraceContextTests {
  static let valid = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

  @Test func aContextIsReadAndWrittenAsTheRecommendationHasIt() throws {
    let context = try #require(TraceContext(traceparent: Self.valid, tracestate: "a=1,b=2"))
    #expect(context.traceID.description == "0af7651916cd43dd8448eb211c80319c")
    #expect(context.spanText == "b7ad6b7169203331")
    #expect(context.isSampled)
    #expect(context.state == "a=1,b=2")
    #expect(context.traceparent == Self.valid)
  }

  @Test(arguments: [
    "", "00", "hello", valid.uppercased(), String(valid.dropLast()), valid + "-", valid + "-00", "x" + valid,
    "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    "00-00000000000000000000000000000000-b7ad6b7169203331-01",
    "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
    "00-0af7651916cd43dd8448eb211c80319g-b7ad6b7169203331-01",
    "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0x",
    "00_0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    "é0-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
  ])
  func whatIsNoContextIsIgnored(text: String) {
    #expect(TraceContext(traceparent: text, tracestate: "a=1") == nil)
  }

  @Test func aLaterVersionIsReadAsFarAsItIsKnown() throws {
    let later = "cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-03-more"
    let context = try #require(TraceContext(traceparent: later))
    #expect(context.isSampled)
    #expect(context.traceparent.hasPrefix("00-0af7651916cd43dd8448eb211c80319c-"))
    #expect(TraceContext(traceparent: String(later.dropLast(5)) + ".more") == nil)
  }

  @Test func aChildKeepsTheTraceAndHasANameOfItsOwn() throws {
    let parent = try #require(TraceContext(traceparent: Self.valid, tracestate: "a=1"))
    let child = parent.child()
    #expect(child.traceID == parent.traceID)
    #expect(child.spanID != parent.spanID)
    #expect(child.isSampled)
    #expect(child.state == "a=1")
  }

  @Test func aLongStateIsCutBetweenMembers() throws {
    let long = (0..<100).map { "vendor\($0)=\(String(repeating: "x", count: 20))" }.joined(separator: " , ")
    let context = try #require(TraceContext(traceparent: Self.valid, tracestate: long))
    #expect(context.state.utf8.count <= 512)
    #expect(context.state.hasPrefix("vendor0="))
    #expect(context.state.hasSuffix("x"))
    #expect(
      try #require(TraceContext(traceparent: Self.valid, tracestate: "a=\u{1}")).state.isEmpty)
  }

  @Test func identifiersNeverComeTwice() {
    var seen: Set<UInt64> = []
    for _ in 0..<10_000 { seen.insert(TraceIDs.next()) }
    #expect(seen.count == 10_000)
  }

  @Test func numbersAreReadAndWrittenAsHexadecimal() {
    for value in [0, 1, 0xdead_beef, UInt64.max] {
      #expect(Hex.value(Hex.text(value).utf8) == value)
    }
    #expect(Hex.text(10) == "000000000000000a")
  }
}
