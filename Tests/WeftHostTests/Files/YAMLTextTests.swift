import Testing

@testable import WeftHost

@Suite struct YAMLTextTests {
  private func json(_ yaml: String) throws -> String {
    String(decoding: try YAMLText.json(yaml), as: UTF8.self)
  }

  @Test func yamlBecomesTheJSONThatItStandsFor() throws {
    #expect(try json("a: x\n") == #"{"a":"x"}"#)
    #expect(try json("- a\n- \"true\"\n- true\n- ~\n- 8\n") == #"["a","true",true,null,"8"]"#)
    #expect(try json(#"{"a":["b",false]}"#) == #"{"a":["b",false]}"#)
  }

  @Test(arguments: [
    ("", "empty"), ("a: [", "YAML"), ("a: 1\na: 2\n", "duplicate"), ("x:\n  [a]: 1\n", "line 2"),
  ])
  func whatCannotBeJSONIsToldInWords(yaml: String, reason: String) {
    let error = #expect(throws: YAMLText.Problem.self) { try json(yaml) }
    #expect(error?.description.contains(reason) == true, "\(error?.description ?? "")")
  }
}
