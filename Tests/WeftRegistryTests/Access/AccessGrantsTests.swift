import Testing

@testable import WeftRegistry

@Suite("Rules that are asked")
struct AccessGrantsTests {
  private func scope(_ rules: String, allowsByDefault: Bool = false) throws -> AccessScope {
    let grants = AccessGrants(try AccessRuleParser.parse(rules))
    return AccessScope(
      kind: .rules(grants, allowsByDefault: allowsByDefault), actor: AuditActor(name: "token x"))
  }

  @Test("the rule for the very name counts, then the longest prefix")
  func longestPrefix() throws {
    let scope = try scope(
      """
      key_prefix "" { policy = "read" }
      key_prefix "app/" { policy = "write" }
      key_prefix "app/secret" { policy = "deny" }
      key "app/secret/mine" { policy = "write" }
      key "app/" { policy = "deny" }
      """)
    #expect(scope.allows(.key("other", .read)))
    #expect(!scope.allows(.key("other", .write)))
    #expect(scope.allows(.key("app/x", .write)))
    #expect(!scope.allows(.key("app/secrets", .read)))
    #expect(scope.allows(.key("app/secret/mine", .write)))
    #expect(!scope.allows(.key("app/secret/mine2", .read)))
    #expect(!scope.allows(.key("app/", .read)))
    #expect(!scope.allows(.service("app/x", .read)))
  }

  @Test("names are compared by bytes: a prefix that ends within a character matches nothing else")
  func bytes() throws {
    let scope = try scope(#"key_prefix "ä" { policy = "write" }"#)
    #expect(scope.allows(.key("äb", .write)))
    #expect(!scope.allows(.key("a\u{308}b", .read)))
    #expect(!scope.allows(.key("öb", .read)))
  }

  @Test("of two policies about the same name, denial wins, then the wider one")
  func merging() throws {
    let scope = try scope(
      """
      key "a" { policy = "read" }
      key "a" { policy = "write" }
      key "b" { policy = "write" }
      key "b" { policy = "deny" }
      """)
    #expect(scope.allows(.key("a", .write)))
    #expect(!scope.allows(.key("b", .read)))
  }

  @Test("a whole tree needs every rule in it to allow it")
  func trees() throws {
    let scope = try scope(
      """
      key_prefix "a/" { policy = "write" }
      key_prefix "a/x/" { policy = "read" }
      key_prefix "b/" { policy = "write" }
      key "b/1" { policy = "write" }
      """)
    #expect(!scope.allows(.keyTree("a/", .write)))
    #expect(scope.allows(.keyTree("a/", .read)))
    #expect(scope.allows(.keyTree("a/y", .write)))
    #expect(!scope.allows(.keyTree("a/x/y", .write)))
    #expect(scope.allows(.keyTree("b/", .write)))
    #expect(!scope.allows(.keyTree("", .write)))
    #expect(!scope.allows(.keyTree("c", .read)))
  }

  @Test("what no rule speaks of is allowed or denied by default, but never changing the rules")
  func defaults() throws {
    let open = try scope(#"key_prefix "a/x" { policy = "deny" }"#, allowsByDefault: true)
    #expect(open.allows(.service("any", .write)))
    #expect(open.allows(.keyTree("b/", .write)))
    #expect(!open.allows(.keyTree("a/", .write)))
    #expect(!open.allows(.key("a/xy", .read)))
    #expect(!open.allows(.acl(.read)))
    let closed = try scope("")
    #expect(!closed.allows(.service("any", .read)))
    #expect(!closed.allows(.operator(.read)))
  }

  @Test("a denial says who asked for what, and where")
  func message() throws {
    let scope = try scope("")
    let error = #expect(throws: RegistryError.self) {
      try scope.require(.key("a\nb", .write), field: "kv.key")
    }
    #expect(error == .permissionDenied("kv.key: token x has no write access to key \"a\u{FFFD}b\""))
    #expect(
      throws: RegistryError.permissionDenied("token x has no read access to all that begins with key \"a\"")
    ) {
      try scope.require(.keyTree("a", .read))
    }
  }
}
