import Foundation

/// Rules as people write them: Consul's language, in HCL or JSON.
///
/// See https://developer.hashicorp.com/consul/docs/security/acl/acl-rules. What this registry has no use for
/// (`intentions`, `mesh` and the like) is accepted where Consul accepts it beside a policy, and otherwise refused
/// by name.
enum AccessRuleParser {
  static let sizeLimit = 64 << 10
  static let countLimit = 1_024

  static func parse(_ text: String) throws(RegistryError) -> [AccessRule] {
    try FieldCheck(field: "rules").size(text, limit: sizeLimit)
    let start = text.first { !$0.isWhitespace }
    let rules = start == "{" ? try parseJSON(text) : try parseHCL(text)
    try FieldCheck(field: "rules").count(rules.count, limit: countLimit)
    return rules
  }

  // MARK: HCL

  private static func parseHCL(_ text: String) throws(RegistryError) -> [AccessRule] {
    var scanner = AccessRuleScanner(text)
    var rules: [AccessRule] = []
    while true {
      let kind: String
      switch try scanner.next() {
      case .end: return rules
      case .identifier(let word), .string(let word): kind = word
      case .symbol(let symbol): throw scanner.fail("expected a resource but found '\(symbol)'")
      }
      let (resource, isPrefix) = try self.resource(kind, scanner.fail)
      switch try scanner.next() {
      case .symbol("=") where !resource.hasNames:
        guard case .string(let word) = try scanner.next() else {
          throw scanner.fail("expected a permission in quotes after '\(kind) ='")
        }
        rules.append(AccessRule(resource, try permission(word, of: kind, scanner.fail)))
      case .string(let name) where resource.hasNames:
        let permission = try block(of: "\(kind) \"\(name)\"", &scanner)
        rules.append(AccessRule(resource, name, isPrefix: isPrefix, permission))
      default:
        let form = resource.hasNames ? "\(kind) \"NAME\" { policy = \"read\" }" : "\(kind) = \"read\""
        throw scanner.fail("expected \(form)")
      }
      if rules.count > countLimit { return rules }
    }
  }

  /// `{ policy = "read" }`
  private static func block(
    of rule: String, _ scanner: inout AccessRuleScanner
  ) throws(RegistryError) -> AccessPermission {
    guard try scanner.next() == .symbol("{") else { throw scanner.fail("expected '{' after \(rule)") }
    var found: AccessPermission?
    while true {
      switch try scanner.next() {
      case .symbol("}"):
        guard let found else { throw scanner.fail("\(rule) has no policy") }
        return found
      case .symbol(","): continue
      case .identifier(let word):
        let separator = try scanner.next()
        guard separator == .symbol("=") || separator == .symbol(":"),
          case .string(let value) = try scanner.next()
        else { throw scanner.fail("expected \(word) = \"...\" in \(rule)") }
        switch word {
        case "policy": found = try permission(value, of: rule, scanner.fail)
        case "intentions": break
        default: throw scanner.fail("\(rule) has no setting \(word)")
        }
      default: throw scanner.fail("expected policy = \"...\" in \(rule)")
      }
    }
  }

  // MARK: JSON

  private static func parseJSON(_ text: String) throws(RegistryError) -> [AccessRule] {
    let check = FieldCheck(field: "rules")
    let parsed = try? JSONSerialization.jsonObject(with: Data(text.utf8))
    guard let object = parsed as? [String: Any] else { throw check.fail("is not a JSON object") }
    var rules: [AccessRule] = []
    for (kind, value) in object.sorted(by: { $0.key < $1.key }) {
      let (resource, isPrefix) = try self.resource(kind, check.fail)
      if !resource.hasNames {
        guard let word = value as? String else { throw check.fail("\(kind) is not a permission") }
        rules.append(AccessRule(resource, try permission(word, of: kind, check.fail)))
        continue
      }
      guard let names = value as? [String: Any] else { throw check.fail("\(kind) is not an object of names") }
      for (name, settings) in names.sorted(by: { $0.key < $1.key }) {
        guard let word = (settings as? [String: Any])?["policy"] as? String else {
          throw check.fail("\(kind) \(check.quoted(name)) has no policy")
        }
        rules.append(
          AccessRule(resource, name, isPrefix: isPrefix, try permission(word, of: kind, check.fail)))
      }
    }
    return rules
  }

  // MARK: Words

  private static func resource(
    _ word: String, _ fail: (String) -> RegistryError
  ) throws(RegistryError) -> (AccessResource, isPrefix: Bool) {
    let isPrefix = word.hasSuffix("_prefix")
    let name = isPrefix ? String(word.dropLast("_prefix".count)) : word
    guard let resource = AccessResource(rawValue: name), !isPrefix || resource.hasNames else {
      throw fail("there is no resource \(FieldCheck(field: "").quoted(word))")
    }
    return (resource, isPrefix)
  }

  private static func permission(
    _ word: String, of rule: String, _ fail: (String) -> RegistryError
  ) throws(RegistryError) -> AccessPermission {
    guard let permission = AccessPermission(word: word), permission != .list || rule.hasPrefix("key") else {
      throw fail(
        "\(rule) has the unknown policy \(FieldCheck(field: "").quoted(word)); read, write and deny are known"
      )
    }
    return permission
  }
}
