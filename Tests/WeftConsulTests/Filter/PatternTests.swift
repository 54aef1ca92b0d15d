import Testing

@testable import WeftConsul

@Suite struct PatternTests {
  @Test(arguments: [
    ("", "anything", true), ("b", "abc", true), ("^b", "abc", false), ("c$", "abc", true),
    ("^abc$", "abc", true),
    ("a.c", "abc", true), ("a.c", "a\nc", false), ("(?s)a.c", "a\nc", true), ("ab*c", "ac", true),
    ("ab+c", "ac", false), ("ab?c", "abc", true), ("^(foo|bar)$", "bar", true), ("^(foo|bar)$", "baz", false),
    ("^[a-c]+$", "abcabc", true), ("^[^a-c]+$", "xyz", true), ("^[]a]+$", "]a", true),
    ("^\\d{3}$", "123", true),
    ("^\\d{3}$", "1234", false), ("^\\d{2,}$", "1234", true), ("^\\d{1,2}$", "123", false),
    ("^x{0}$", "", true),
    ("\\bweb\\b", "a web b", true), ("\\bweb\\b", "webs", false), ("(?i)WEB", "web", true),
    ("(?i)ä", "Ä", true), ("^\\w+\\s\\S+$", "one two", true), ("[[:digit:]]", "a1", true),
    ("^[[:^digit:]]+$", "ab", true), ("a{", "a{", true), ("\\.", "a.b", true), ("^\\Qa.b\\E$", "a.b", true),
    ("^\\Qa.b\\E$", "axb", false), ("(?P<name>x)", "x", true), ("(?m)^b$", "a\nb\nc", true),
    ("^a|b$", "xb", true),
    ("a**b".replacing("**", with: "*"), "aaab", true), ("(a*)*b", "aab", true), ("()*x", "x", true),
    ("^\\x41\\x{1F600}$", "A😀", true), ("a.*?b", "axxb", true),
    ("[a-\\d]".replacing("-\\d", with: "\\d"), "7", true),
  ])
  func findsWhatRE2Finds(pattern: String, text: String, occurs: Bool) throws {
    #expect(try Pattern(pattern).occurs(in: text) == occurs)
  }

  @Test(arguments: [
    "(", ")", "[", "[z-a]", "*", "a**", "a{2,1}", "\\", "\\pL", "(?<", "(?x)", "a{1001}", "[[:nope:]]", "\\8",
    "(?P<n", "(?i",
  ])
  func refusesWhatIsNoPattern(pattern: String) {
    #expect(throws: PatternError.self) { try Pattern(pattern) }
  }

  @Test func aPatternThatMultipliesIsTooLarge() {
    #expect(throws: PatternError.self) { try Pattern("((a{100}){100}){100}") }
    #expect(throws: PatternError.self) { try Pattern(String(repeating: "(", count: 500)) }
    #expect(throws: PatternError.self) { try Pattern(String(repeating: "a", count: 2_000)) }
  }

  @Test func repeatedNothingEndsAtOnce() throws {
    let pattern = "((((){1000}){1000}){1000}){1000}x"
    #expect(try Pattern(pattern).occurs(in: "x"))
  }

  @Test func aPatternThatBacktrackingCannotBearTakesLinearTime() throws {
    let pattern = try Pattern("^(a+)+$")
    #expect(pattern.occurs(in: String(repeating: "a", count: 20_000) + "b") == false)
  }

  @Test func randomPatternsNeverTrap() throws {
    var generator = SystemRandomNumberGenerator()
    let alphabet = Array("ab(|)*+?[]{}^$\\.d1,-:?iPQE")
    for _ in 0..<20_000 {
      let text = String(
        (0..<Int.random(in: 0...14, using: &generator)).map { _ in alphabet.randomElement() ?? "a" })
      if let pattern = try? Pattern(text) { _ = pattern.occurs(in: "aab1-") }
    }
  }
}
