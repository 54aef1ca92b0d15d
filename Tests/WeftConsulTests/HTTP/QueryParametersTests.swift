import Testing

@testable import WeftConsul

@Suite struct QueryParametersTests {
  @Test func decodesNamesAndValues() throws {
    let query = try QueryParameters("tag=a%20b&tag=c+d&raw&empty=&%66ilter=x%3Dy")
    #expect(query.values("tag") == ["a b", "c d"])
    #expect(query.has("raw"))
    #expect(query.text("empty") == nil)
    #expect(query.text("filter") == "x=y")
  }

  @Test(arguments: [
    ("passing", true), ("passing=", true), ("passing=true", true), ("passing=1", true),
    ("passing=false", false),
    ("passing=0", false), ("other", false), ("passing=F", false),
  ])
  func aFlagWithoutValueIsSetAndFalseUnsetsIt(query: String, isSet: Bool) throws {
    #expect(try QueryParameters(query).flag("passing", isStrict: true) == isSet)
  }

  @Test func aStrictFlagTakesOnlyBooleans() throws {
    let query = try QueryParameters("passing=perhaps")
    #expect(throws: ConsulError(400, "Invalid value for ?passing")) {
      try query.flag("passing", isStrict: true)
    }
    #expect(try query.flag("passing"))
  }

  @Test func refusesWhatCannotBeDecoded() {
    #expect(throws: ConsulError.self) { try QueryParameters("a=%zz") }
    #expect(throws: ConsulError.self) { try QueryParameters("a=%ff") }
  }

  @Test func limitsTheNumberOfParameters() {
    let query = (0...QueryParameters.maxCount).map { "p\($0)=1" }.joined(separator: "&")
    #expect(throws: ConsulError.self) { try QueryParameters(query) }
  }
}

@Suite struct ReadOptionsTests {
  func options(_ query: String) throws -> ReadOptions { try ReadOptions(try QueryParameters(query)) }

  @Test func hasConsulsDefaults() throws {
    let options = try options("")
    #expect(options.index == 0)
    #expect(options.wait == .seconds(300))
    #expect(options.consistency == .leader)
  }

  @Test(arguments: [
    ("index=many", "Invalid index"), ("index=-1", "Invalid index"), ("wait=long", "Invalid wait time"),
    ("wait=300", "Invalid wait time"),
    ("stale&consistent", "Cannot specify ?stale with ?consistent, conflicting semantics."),
  ])
  func refusesInConsulsWords(query: String, message: String) {
    #expect(throws: ConsulError(400, message)) { try options(query) }
  }

  @Test func waitsNoLongerThanTenMinutes() throws {
    #expect(try options("index=1&wait=3h").wait == .seconds(600))
    #expect(try options("index=1&wait=0s").wait == .seconds(300))
  }

  @Test func addsUpToASixteenthToTheWait() throws {
    let options = try options("index=1&wait=16s")
    for _ in 0..<100 {
      let wait = options.jitteredWait
      #expect(wait >= .seconds(16) && wait <= .seconds(17))
    }
  }

  @Test func readsNodeMetadata() throws {
    let options = try options("node-meta=rack:r7&node-meta=zone:a:b")
    #expect(options.nodeMeta == ["rack": "r7", "zone": "a:b"])
  }
}
