import Testing
import WeftHTTP2
import WeftProtobuf

@testable import WeftRPC

/// What a policy says of a call.
@Suite struct AuthorizationPolicyTests {
  private func decide(
    _ json: String, path: String = "/shop.Orders/Get", identities: [String] = [], claims: String? = nil,
    fields: HTTPFields = [:]
  ) throws -> AuthorizationPolicy.Decision {
    let policy = try AuthorizationPolicy(json: Array(json.utf8))
    return policy.decide(
      AuthorizationRule.Subject(
        path: path, identities: identities,
        claims: try claims.map { TokenClaims(try Google_Protobuf_Struct(jsonString: $0)) }, fields: fields))
  }

  @Test(arguments: [
    ("/shop.Orders/Get", "/shop.Orders/Get", true), ("/shop.Orders/Get", "/shop.Orders/Get2", false),
    ("/shop.Orders/*", "/shop.Orders/Get", true), ("/shop.Orders/*", "/shop.Others/Get", false),
    ("*/Get", "/shop.Orders/Get", true), ("*/Get", "/shop.Orders/Put", false), ("*", "/a.B/C", true),
    ("*", "", false),
  ])
  func patternsAreExactPrefixSuffixOrPresence(pattern: String, path: String, isMatch: Bool) {
    #expect(StringPattern(pattern).matches(path) == isMatch)
  }

  @Test func whatNoRuleAllowsIsDenied() throws {
    let policy = #"{"name":"p","allow_rules":[{"name":"gets","request":{"paths":["*/Get"]}}]}"#
    #expect(try decide(policy) == .init(isAllowed: true, rule: "gets"))
    #expect(try decide(policy, path: "/shop.Orders/Put") == .init(isAllowed: false, rule: nil))
  }

  @Test func aDenyRuleWinsOverAnAllowRule() throws {
    let policy = #"""
      {"name":"p","allow_rules":[{"name":"all"}],
       "deny_rules":[{"name":"no admin","request":{"headers":[{"key":"X-Role","values":["admin*"]}]}}]}
      """#
    #expect(try decide(policy, fields: ["x-role": "user"]).isAllowed)
    #expect(try decide(policy, fields: ["x-role": "user", "x-role": "admin2"]).rule == "no admin")
  }

  @Test func everyPartOfARuleMustMatch() throws {
    let policy = #"""
      {"name":"p","allow_rules":[{"name":"r","source":{"principals":["spiffe://a/*","b"]},
       "request":{"paths":["/shop.Orders/*"],"headers":[{"key":"k","values":["1","2"]},{"key":"l","values":["*"]}]}}]}
      """#
    let fields: HTTPFields = ["k": "2", "l": "x"]
    #expect(try decide(policy, identities: ["x", "b"], fields: fields).isAllowed)
    #expect(try decide(policy, identities: ["spiffe://a/c"], fields: fields).isAllowed)
    #expect(try !decide(policy, identities: ["c"], fields: fields).isAllowed)
    #expect(try !decide(policy, identities: [], fields: fields).isAllowed)
    #expect(try !decide(policy, identities: ["b"], fields: ["k": "2"]).isAllowed)
    #expect(try !decide(policy, identities: ["b"], fields: ["k": "3", "l": "x"]).isAllowed)
    #expect(try !decide(policy, path: "/a.B/C", identities: ["b"], fields: fields).isAllowed)
  }

  @Test func claimsAreTextsNumbersListsAndInsideObjects() throws {
    let policy = #"""
      {"name":"p","allow_rules":[{"name":"r","source":{"claims":[
        {"name":"realm.roles","values":["editor"]},{"name":"level","values":["3"]},
        {"name":"https://weft.dev/team","values":["blue"]}]}}]}
      """#
    let claims = #"{"realm":{"roles":["reader","editor"]},"level":3,"https://weft.dev/team":"blue"}"#
    #expect(try decide(policy, claims: claims).isAllowed)
    #expect(try !decide(policy, claims: nil).isAllowed)
    #expect(try !decide(policy, claims: #"{"realm":{"roles":"reader"},"level":3}"#).isAllowed)
  }

  @Test(arguments: [
    (#"{"allow_rules":[{"name":"a"}]}"#, "name"),
    (#"{"name":"p"}"#, "allow_rules"),
    (#"{"name":"p","allow_rules":[{}]}"#, "allow_rules[0].name"),
    (#"{"name":"p","allow_rules":[{"name":"a"},{"name":"a"}]}"#, "allow_rules[1].name"),
    (
      #"{"name":"p","allow_rules":[{"name":"a","request":{"paths":["/a",""]}}]}"#,
      "allow_rules[0].request.paths[1]"
    ),
    (
      #"{"name":"p","allow_rules":[{"name":"a"}],"deny_rules":[{"name":"a","source":{"principals":[""]}}]}"#,
      "deny_rules[0].source.principals[0]"
    ),
    (
      #"{"name":"p","allow_rules":[{"name":"a","request":{"headers":[{"key":"grpc-timeout","values":["1"]}]}}]}"#,
      "allow_rules[0].request.headers[0].key"
    ),
    (
      #"{"name":"p","allow_rules":[{"name":"a","request":{"headers":[{"key":"k"}]}}]}"#,
      "allow_rules[0].request.headers[0].values"
    ),
    (#"{"name":"p","allow_rules":[{"name":"a","sources":{}}]}"#, "allow_rules[0].sources"),
    (
      #"{"name":"p","allow_rules":[{"name":"a"}],"audit_logging_options":{"audit_loggers":[{"name":"x"}]}}"#,
      "audit_logging_options.audit_loggers[0].name"
    ),
  ])
  func mistakesAreToldWithTheirPlace(json: String, path: String) {
    let error = #expect(throws: AuthorizationPolicyError.self) {
      try AuthorizationPolicy(json: Array(json.utf8))
    }
    #expect(error?.path == path)
    #expect(error?.reason.isEmpty == false)
  }

  @Test func decisionsAreAuditedWhereThereIsALogger() throws {
    let base = #"{"name":"p","allow_rules":[{"name":"a"}],"audit_logging_options":"#
    let options = [
      #"{"audit_condition":"ON_DENY","audit_loggers":[{"name":"stdout_logger","config":{}}]}}"#,
      #"{"audit_condition":"ON_DENY_AND_ALLOW","audit_loggers":[{"name":"stdout_logger"},{"name":"x","is_optional":true}]}}"#,
      #"{"audit_condition":"ON_DENY"}}"#,
    ]
    let audits = try options.map { try AuthorizationPolicy(json: Array((base + $0).utf8)).audit }
    #expect(audits == [.denied, .all, .none])
  }
}
