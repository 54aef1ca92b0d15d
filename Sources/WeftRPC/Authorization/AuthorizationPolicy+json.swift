import WeftProtobuf

extension AuthorizationPolicy {
  /// Reads a policy in gRFC A43's JSON form, with what Weft adds to it
  /// (`proto/weft/authorization/v1/policy.proto`).
  ///
  /// - Throws: ``AuthorizationPolicyError`` that says what is wrong and where. Nothing is passed over: a
  ///   misspelt rule that is ignored may open what was to be closed.
  public init(json: [UInt8]) throws {
    let policy: Weft_Authorization_V1_AuthorizationPolicy
    do {
      policy = try Weft_Authorization_V1_AuthorizationPolicy(json: json)
    } catch let error as JSONDecodingError {
      throw AuthorizationPolicyError(path: Self.snakeCase(error.path), reason: error.reason)
    }
    try self.init(policy)
  }

  /// A path as A43 spells its names.
  private static func snakeCase(_ path: String) -> String {
    var result = ""
    for character in path {
      if character.isUppercase, result.last?.isLowercase == true {
        result += "_" + character.lowercased()
      } else {
        result.append(character)
      }
    }
    return result
  }

  /// Takes a policy from its message.
  ///
  /// - Throws: ``AuthorizationPolicyError``.
  public init(_ policy: Weft_Authorization_V1_AuthorizationPolicy) throws {
    if policy.name.isEmpty { throw AuthorizationPolicyError(path: "name", reason: "must not be empty") }
    if policy.allowRules.isEmpty {
      throw AuthorizationPolicyError(path: "allow_rules", reason: "must have at least one rule")
    }
    self.init(
      name: policy.name, deny: try Self.rules(policy.denyRules, "deny_rules"),
      allow: try Self.rules(policy.allowRules, "allow_rules"),
      audit: try Self.audit(policy.auditLoggingOptions))
  }

  private static func rules(
    _ rules: [Weft_Authorization_V1_Rule], _ list: String
  ) throws -> [AuthorizationRule] {
    var names: Set<String> = []
    return try rules.enumerated().map { index, rule in
      let path = "\(list)[\(index)]"
      if rule.name.isEmpty {
        throw AuthorizationPolicyError(path: path + ".name", reason: "must not be empty")
      }
      if !names.insert(rule.name).inserted {
        throw AuthorizationPolicyError(path: path + ".name", reason: "\"\(rule.name)\" is used twice")
      }
      let source = rule.source ?? .init()
      let request = rule.request ?? .init()
      return AuthorizationRule(
        rule.name, principals: try patterns(source.principals, path + ".source.principals"),
        claims: try source.claims.enumerated().map { index, claim in
          try condition(claim.name, "name", claim.values, "\(path).source.claims[\(index)]")
        }, paths: try patterns(request.paths, path + ".request.paths"),
        headers: try request.headers.enumerated().map { index, header in
          let path = "\(path).request.headers[\(index)]"
          let condition = try condition(header.key.lowercased(), "key", header.values, path)
          // Their values are the transport's, not the caller's.
          if Metadata.isReserved(condition.key) {
            throw AuthorizationPolicyError(path: path + ".key", reason: "\"\(header.key)\" cannot be matched")
          }
          return condition
        })
    }
  }

  private static func condition(
    _ key: String, _ keyName: String, _ values: [String], _ path: String
  ) throws -> AuthorizationRule.Condition {
    if key.isEmpty { throw AuthorizationPolicyError(path: "\(path).\(keyName)", reason: "must not be empty") }
    if values.isEmpty { throw AuthorizationPolicyError(path: path + ".values", reason: "must not be empty") }
    return AuthorizationRule.Condition(key, try patterns(values, path + ".values"))
  }

  private static func patterns(_ texts: [String], _ path: String) throws -> [StringPattern] {
    try texts.enumerated().map { index, text in
      if text.isEmpty {
        throw AuthorizationPolicyError(path: "\(path)[\(index)]", reason: "must not be empty")
      }
      return StringPattern(text)
    }
  }

  private static func audit(_ options: Weft_Authorization_V1_AuditLoggingOptions?) throws -> Audit {
    guard let options else { return .none }
    for (index, logger) in options.auditLoggers.enumerated()
    where logger.name != "stdout_logger" && !logger.isOptional {
      throw AuthorizationPolicyError(
        path: "audit_logging_options.audit_loggers[\(index)].name",
        reason: "\"\(logger.name)\" is not known; there is stdout_logger")
    }
    // Without a logger nobody hears of anything, as A43 has it.
    guard options.auditLoggers.contains(where: { $0.name == "stdout_logger" }) else { return .none }
    switch options.auditCondition {
    case .onDeny: return .denied
    case .onAllow: return .allowed
    case .onDenyAndAllow: return .all
    default: return .none
    }
  }
}
