extension AccessToken {
  func validated() throws(RegistryError) -> AccessToken {
    try validateUUID(accessor, field: "token.accessor")
    try FieldCheck(field: "token.description").text(description, limit: 1_024)
    for (field, names) in [("policies", policies), ("services", services), ("nodes", nodes)] {
      try FieldCheck(field: "token.\(field)").count(names.count, limit: 128)
      for (index, name) in names.enumerated() {
        let check = FieldCheck(field: "token.\(field)[\(index)]")
        if name.isEmpty { throw check.fail("is empty") }
        try check.text(name, limit: 256)
      }
    }
    return self
  }
}

extension AccessPolicy {
  func validated() throws(RegistryError) -> AccessPolicy {
    try validateUUID(id, field: "policy.id")
    try FieldCheck(field: "policy.name").token(
      name, limit: 128, allowed: "letters, digits, dashes and underscores"
    ) { $0.isLetterOrDigit || "-_".utf8.contains($0) }
    try FieldCheck(field: "policy.description").text(description, limit: 1_024)
    _ = try AccessRuleParser.parse(rules)
    return self
  }
}

extension AccessBinding {
  func validated() throws(RegistryError) -> AccessBinding {
    try FieldCheck(field: "binding.identity").token(identity, limit: 512, allowed: "visible ASCII characters")
    {
      (0x21...0x7E).contains($0)
    }
    try FieldCheck(field: "binding.policies").count(policies.count, limit: 128)
    return self
  }
}

func validateUUID(_ text: String, field: String) throws(RegistryError) {
  if !isUUID(text) { throw FieldCheck(field: field).fail("is no UUID") }
}

/// A secret that somebody brings along. It has to be as hard to guess as one that the registry makes.
func validateSecret(_ text: String, field: String) throws(RegistryError) {
  if !isUUID(text) { throw FieldCheck(field: field).fail("is no UUID; leave it out to get a random one") }
}
