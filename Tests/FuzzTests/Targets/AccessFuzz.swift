@testable import WeftHost
@testable import WeftRegistry

/// What says who somebody is, and what they may do.
enum AccessFuzz {
  private static let secret =
    #"{"keys":[{"kty":"oct","k":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA","alg":"HS256"}]}"#

  static func tokens(_ bytes: UnsafeRawBufferPointer) throws {
    let text = String(decoding: bytes, as: UTF8.self)
    let verifier = JWTVerifier(try JSONWebKeySet(json: Array(secret.utf8)), rules: .init()) { 1_800_000_000 }
    // Only the tokens in the corpus are signed, and no fuzzer finds a signature.
    _ = try? verifier.verify(text)
    _ = try? JSONWebToken(text)
    _ = try? JSONWebKeySet(json: Array(bytes))
  }

  static func rules(_ bytes: UnsafeRawBufferPointer) throws {
    let text = String(decoding: bytes, as: UTF8.self)
    guard let rules = try? AccessRuleParser.parse(text) else { return }
    let grants = AccessGrants(rules)
    for rule in rules {
      // A name that has a rule of its own is denied by it, or by nobody.
      let permission = rule.isPrefix ? nil : grants.permission(for: rule.resource, rule.name)
      try FuzzFailure.unless(
        rule.isPrefix || permission == .deny || (permission ?? .deny) >= rule.permission,
        "\(rule) came to \(String(describing: permission))")
      for name in [rule.name + "x", String(rule.name.dropLast()), text] {
        _ = grants.permission(for: rule.resource, name)
        let least = grants.leastPermission(for: rule.resource, below: name)
        let own = grants.permission(for: rule.resource, name)
        try FuzzFailure.unless(
          least == nil || own == nil || (least ?? .deny) <= (own ?? .deny),
          "\(name) may have \(String(describing: own)), and everything below it more")
      }
    }
  }
}
