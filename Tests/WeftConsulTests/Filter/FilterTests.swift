import Testing

@testable import WeftConsul

@Suite struct FilterTests {
  struct Part: Sendable {
    var status: String
    var tags: [String]
  }

  struct Record: Sendable {
    var id = "web1"
    var port = 80
    var isOn = false
    var tags = ["a", "b"]
    var meta = ["v": "1", "x-y": "z", "empty": ""]
    var parts = [Part(status: "passing", tags: ["a"]), Part(status: "warning", tags: [])]
  }

  static let schema = FilterSchema<Record>([
    "ID": .text { $0.id }, "Port": .integer { $0.port }, "On": .boolean { $0.isOn },
    "Tags": .list { $0.tags },
    "Meta": .map { $0.meta },
  ]).addingEach(
    "Checks", FilterSchema<Part>(["Status": .text { $0.status }, "Tags": .list { $0.tags }])
  ) { $0.parts }

  /// What Consul 1.8.7 said to the same expressions about the same service.
  @Test(arguments: [
    ("ID == web1", true), ("ID == \"web1\"", true), ("ID == `web1`", true), ("ID != web1", false),
    ("ID==web1", true), ("\"a\" in Tags", true), ("a in Tags", true), ("\"z\" not in Tags", true),
    ("Tags contains a", true), ("Tags not contains \"a\"", false), ("Tags is empty", false),
    ("Tags is not empty", true), ("\"we\" in ID", true), ("ID contains \"we\"", true), ("Port == 80", true),
    ("Port == \"80\"", true), ("Port != 81", true), ("Meta.v == 1", true), ("Meta.nope == 1", false),
    ("Meta.nope != 1", true), ("\"nope\" in Meta.nope", false), ("\"nope\" not in Meta.nope", true),
    ("Meta.nope not matches \"x\"", true), ("v in Meta", true), ("nope in Meta", false),
    ("nope not in Meta", true),
    ("Meta contains v", true), ("Meta is empty", false), ("Meta[\"x-y\"] == z", true),
    ("Meta[\"v\"] == \"1\"", true),
    ("ID matches \"^w.b1$\"", true), ("ID matches `^w\\w+$`", true), ("ID not matches \"x\"", true),
    ("Checks.Status == passing", true), ("Checks.Status == critical", false),
    ("Checks.Status != passing", true),
    ("Checks is empty", false), ("Checks is not empty", true), ("a in Checks.Tags", true),
    ("Checks.Tags is empty", true), ("On == false", true), ("On == \"false\"", true), ("On != true", true),
    ("On == 0", true), ("ID == x or ID == web1", true), ("ID == x or ID == web1 and Port == 81", false),
    ("not ID == x", true), ("not not ID == web1", true), ("not (ID == x or ID == web1)", false),
    ("((ID == web1))", true),
    ("  ID == web1  ", true), ("ID == \"w\\u0065b1\"", true), ("a.b in Tags", false), ("ID == -5", false),
    ("ID == 5.5", false), ("(ID == web1) and (Port == 80)", true), ("not(ID == x)", true),
  ])
  func answersAsConsulDoes(text: String, fits: Bool) throws {
    let filter = try #require(try Self.schema.filter(text))
    #expect(filter(Record()) == fits)
  }

  /// Consul says yes here, whatever the pattern.
  @Test func aKeyThatIsNotThereMatchesNoPattern() throws {
    let filter = try #require(try Self.schema.filter("Meta.nope matches \".*\""))
    #expect(filter(Record()) == false)
  }

  @Test(arguments: [
    "Nope == x", "ID.x == y", "Meta.v.x == 1", "ID is empty", "Tags == a", "Tags matches a", "Meta == x",
    "Port == x",
    "Port in 80", "Port matches 8", "On == x", "On is empty", "Checks == x", "ID matches \"(\"",
    "ID == web1 and",
    "and", "()", "(ID == web1", "ID == web1)", "ID == \"open", "ID == `open", "ID == web1 AND Port == 80",
    "NOT ID == web1", "id == web1", "ID == 05", "ID = web1", "ID", "ID ==", "Meta[v] == 1", "ID == \"\\q\"",
    "ID == web-1", "Port == 1.0", "a in", "\"a\" ID", "== a", "not", "ID is not", "ID. == a", "Tags in a",
  ])
  func refusesClearly(text: String) throws {
    let error = try #require(throws: ConsulError.self) { _ = try Self.schema.filter(text) }
    #expect(error.status == 400)
    #expect(error.message.hasPrefix("Failed to create boolean expression evaluator: "))
  }

  @Test func selectorsThatAreNotThereAreNamed() {
    #expect(
      throws: ConsulError(
        400, "Failed to create boolean expression evaluator: Selector \"Service.Nope\" is not valid")
    ) { _ = try Self.schema.filter("Service.Nope == x") }
  }

  @Test func limitsNestingAndLength() {
    for text in [
      String(repeating: "(", count: 100_000), String(repeating: "not ", count: 1_000) + "ID == a",
      "ID == \"" + String(repeating: "a", count: 10_000) + "\"",
    ] {
      #expect(throws: ConsulError.self) { _ = try Self.schema.filter(text) }
    }
  }

  @Test func noFilterIsNoFilter() throws {
    #expect(try Self.schema.filter(nil) == nil)
    #expect(try Self.schema.filter("") == nil)
  }

  @Test func patternsInMoreTextThanTheyMaySearchAreRefused() throws {
    let expression = try FilterParser.parse("ID matches `(a|b|c)*d`")
    var record = Record()
    record.id = String(repeating: "abc", count: 50)
    let small = try Self.schema.compile(expression, work: FilterWork(most: 3_000))
    #expect(small(record) == false)
    #expect(throws: Never.self) { try small.finish() }
    for _ in 0..<3 { _ = small(record) }
    let error = #expect(throws: ConsulError.self) { try small.finish() }
    #expect(error?.status == 400)
    // What is over does not go on costing.
    #expect(small(record) == false)
    let usual = try Self.schema.compile(expression)
    for _ in 0..<100 { _ = usual(record) }
    #expect(throws: Never.self) { try usual.finish() }
  }

  @Test func randomFiltersNeverTrap() {
    var generator = SystemRandomNumberGenerator()
    let words = [
      "ID", "Meta", ".", "v", "==", "!=", "in", "not", "is", "empty", "and", "or", "(", ")", "\"", "`", "a",
      "[",
      "]", "1", "-", " ", " ", " ", "matches", "contains", "Checks.Status", "\\",
    ]
    for _ in 0..<20_000 {
      let count = Int.random(in: 0...12, using: &generator)
      let text = (0..<count).map { _ in words.randomElement(using: &generator) ?? "" }.joined()
      if let filter = try? Self.schema.filter(text) { _ = filter(Record()) }
    }
  }
}
