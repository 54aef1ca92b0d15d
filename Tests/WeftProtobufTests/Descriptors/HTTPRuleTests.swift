import Testing
import WeftProtobuf

@Suite struct HTTPRuleTests {
  private func rules(_ fill: (inout DescriptorBytes) -> Void) throws -> [HTTPRule] {
    let pool = try DescriptorPool(serializedFiles: [
      DescriptorBytes.file("a.proto") {
        $0.message("M")
        $0.service("S") { $0.method("Do", ".M", ".M") { $0.group(72_295_728, fill) } }
      }
    ])
    return try #require(pool.service(named: "S")?.methods.first).httpRules
  }

  @Test(arguments: [(2, "GET"), (3, "PUT"), (4, "POST"), (5, "DELETE"), (6, "PATCH")])
  func patterns(field: Int, verb: String) throws {
    #expect(try rules { $0.string(field, "/v1/x") } == [HTTPRule(verb: verb, path: "/v1/x")])
  }

  @Test func customPatterns() throws {
    let rules = try rules {
      $0.group(8) {
        $0.string(1, "SEARCH")
        $0.string(2, "/x")
      }
    }
    #expect(rules == [HTTPRule(verb: "SEARCH", path: "/x")])
  }

  @Test func bodiesAndAdditionalBindings() throws {
    let rules = try rules {
      $0.string(4, "/a")
      $0.string(7, "*")
      $0.group(11) {
        $0.string(2, "/b")
        $0.string(12, "result")
      }
      $0.group(11) {
        $0.string(3, "/c")
        $0.string(7, "field")
      }
    }
    #expect(
      rules == [
        HTTPRule(verb: "POST", path: "/a", body: "*"),
        HTTPRule(verb: "GET", path: "/b", responseBody: "result"),
        HTTPRule(verb: "PUT", path: "/c", body: "field"),
      ])
  }

  @Test func theLastPatternWins() throws {
    let rules = try rules {
      $0.string(2, "/first")
      $0.string(4, "/second")
    }
    #expect(rules == [HTTPRule(verb: "POST", path: "/second")])
  }

  @Test func aRuleWithoutPatternBindsNothing() throws {
    #expect(try rules { $0.string(7, "*") } == [])
  }

  @Test func bindingsWithinAdditionalBindingsAreRefused() {
    #expect {
      try rules { $0.group(11) { $0.group(11) { $0.string(2, "/x") } } }
    } throws: {
      "\($0)".contains("an additional HTTP binding has additional bindings")
    }
  }

  @Test func tooManyBindingsAreRefused() {
    #expect {
      try rules { rule in for _ in 0..<100 { rule.group(11) { $0.string(2, "/x") } } }
    } throws: {
      "\($0)".contains("more than 64 HTTP bindings")
    }
  }

  @Test func rulesThatAreNoRulesAreRefused() {
    #expect(throws: DescriptorError.self) { try rules { $0.number(2, 1) } }
    #expect(throws: DescriptorError.self) { try rules { $0.raw(2, [0xFF]) } }
    #expect(throws: DescriptorError.self) { try rules { $0.raw(11, [0x12, 5, 0x2F]) } }
  }
}
