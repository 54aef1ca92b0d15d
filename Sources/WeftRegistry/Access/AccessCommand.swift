/// A change of who may do what.
enum AccessCommand: Sendable {
  /// Makes the first management token, once.
  case bootstrap(AccessToken)
  case createToken(AccessToken)
  /// Replaces all but the secret and the times of a token.
  case updateToken(AccessToken)
  case removeToken(accessor: String)
  case createPolicy(AccessPolicy)
  case updatePolicy(AccessPolicy)
  case removePolicy(id: String)
  case putBinding(AccessBinding)
  case removeBinding(identity: String)

  var cost: Int {
    switch self {
    case .createPolicy(let policy), .updatePolicy(let policy): 512 + policy.rules.utf8.count
    default: 1_024
    }
  }
}

/// What came of an ``AccessCommand``, as it is stored.
enum AccessOutcome: Sendable, Hashable {
  case token(AccessToken)
  case policy(AccessPolicy)
  case binding(AccessBinding)
  case removed
}
