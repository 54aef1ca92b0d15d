import Testing

@testable import WeftRegistry

@Suite("Rules as people write them")
struct AccessRuleParserTests {
  @Test("are read in Consul's HCL")
  func hcl() throws {
    let rules = try AccessRuleParser.parse(
      """
      # People
      key_prefix "" { policy = "read" }
      key "app/\\"x\\"" {
        policy = "deny" // not for them
      }
      key_prefix "list/" { policy = "list" }
      service "web" { policy = "write" intentions = "read" }
      /* Two
         lines */
      operator = "read"
      acl="write"
      node_prefix "eu-" { policy: "write", }
      """)
    #expect(
      rules == [
        AccessRule(.key, .read), AccessRule(.key, "app/\"x\"", .deny),
        AccessRule(.key, "list/", isPrefix: true, .list), AccessRule(.service, "web", .write),
        AccessRule(.operator, .read), AccessRule(.acl, .write),
        AccessRule(.node, "eu-", isPrefix: true, .write),
      ])
  }

  @Test("are read in JSON")
  func json() throws {
    let rules = try AccessRuleParser.parse(
      #" {"operator": "read", "key_prefix": {"b": {"policy": "write"}, "a": {"policy": "deny"}}} "#)
    #expect(
      rules == [
        AccessRule(.key, "a", isPrefix: true, .deny), AccessRule(.key, "b", isPrefix: true, .write),
        AccessRule(.operator, .read),
      ])
  }

  @Test("none are none")
  func empty() throws {
    #expect(try AccessRuleParser.parse("") == [])
    #expect(try AccessRuleParser.parse(" \n# nothing\n") == [])
    #expect(try AccessRuleParser.parse("{}") == [])
  }

  @Test(
    "that are wrong are refused with the line and what is wrong",
    arguments: [
      ("key \"a\"", "line 1: expected '{' after key \"a\""),
      ("\n\nkeys \"a\" { policy = \"read\" }", "line 3: there is no resource \"keys\""),
      ("key \"a\" { policy = \"rea\" }", "line 1: key \"a\" has the unknown policy \"rea\""),
      ("service \"a\" { policy = \"list\" }", "line 1: service \"a\" has the unknown policy \"list\""),
      ("key \"a\" { }", "line 1: key \"a\" has no policy"),
      ("key \"a\" { policy = ", "line 1: expected policy = \"...\" in key \"a\""),
      ("key \"a\" { color = \"red\" }", "line 1: key \"a\" has no setting color"),
      ("key = \"read\"", "line 1: expected key \"NAME\" { policy = \"read\" }"),
      ("operator \"x\" { policy = \"read\" }", "line 1: expected operator = \"read\""),
      ("operator_prefix = \"read\"", "line 1: there is no resource \"operator_prefix\""),
      ("key \"a", "line 1: a string has no end"), ("key \"a\nb\"", "line 1: a string goes over"),
      ("/* x", "line 1: the comment has no end"), ("key \"\\z\"", "line 1: unknown escape"),
      ("?", "line 1: unexpected character \"?\""), ("{", "is not a JSON object"),
      (#"{"key": "read"}"#, "key is not an object of names"), (#"{"acl": 1}"#, "acl is not a permission"),
      (#"{"key": {"a": "read"}}"#, "key \"a\" has no policy"),
    ])
  func wrong(text: String, message: String) {
    let error = #expect(throws: RegistryError.self) { try AccessRuleParser.parse(text) }
    #expect(error?.description.hasPrefix("rules: " + message) == true, "\(String(describing: error))")
  }

  @Test("that are too many or too long are refused")
  func limits() {
    let many = String(repeating: "key \"a\" { policy = \"read\" }\n", count: 1_025)
    #expect(throws: RegistryError.self) { try AccessRuleParser.parse(many) }
    let long = "#" + String(repeating: "x", count: 64 << 10)
    #expect(throws: RegistryError.self) { try AccessRuleParser.parse(long) }
  }

  @Test("of any bytes are read or refused, never more", arguments: 1...4 as ClosedRange<UInt64>)
  func anything(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    let pieces = [
      "key", "key_prefix", "\"a\"", "{", "}", "policy", "=", "\"read\"", "#", "\n", "/*", "\\", "é", ",",
    ]
    for _ in 0..<2_000 {
      let count = Int.random(in: 0...10, using: &random)
      let text = (0..<count).map { _ in pieces.randomElement(using: &random) ?? "" }.joined(separator: " ")
      _ = try? AccessRuleParser.parse(text)
    }
  }
}
