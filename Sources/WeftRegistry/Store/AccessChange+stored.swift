import Foundation

/// Few and small, so they are JSON: one can see with the sqlite3 shell who may do what.
extension AccessChange {
  private static let token = "token/"
  private static let policy = "policy/"
  private static let binding = "binding/"
  private static let bootstrap = "bootstrap"

  /// What tells the thing from all others of its domain.
  private var storedKey: String {
    switch self {
    case .putToken(let token): Self.token + token.accessor
    case .removedToken(let accessor): Self.token + accessor
    case .putPolicy(let policy): Self.policy + policy.id
    case .removedPolicy(let id): Self.policy + id
    case .putBinding(let binding): Self.binding + binding.identity
    case .removedBinding(let identity): Self.binding + identity
    case .bootstrapped: Self.bootstrap
    }
  }

  func stored() throws -> StoredChange {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    let record: [UInt8]? =
      switch self {
      case .putToken(let token): Array(try encoder.encode(token))
      case .putPolicy(let policy): Array(try encoder.encode(policy))
      case .putBinding(let binding): Array(try encoder.encode(binding))
      case .bootstrapped: Array("{}".utf8)
      case .removedToken, .removedPolicy, .removedBinding: nil
      }
    return StoredChange(domain: .access, key: storedKey, record: record)
  }

  init(key: String, record: [UInt8]?, revision: UInt64) throws {
    func name(_ prefix: String) -> String? {
      key.hasPrefix(prefix) ? String(key.dropFirst(prefix.count)) : nil
    }
    func decode<R: Decodable>(_ record: [UInt8]) throws -> R {
      try JSONDecoder().decode(R.self, from: Data(record))
    }
    if let accessor = name(Self.token) {
      self = try record.map { .putToken(try decode($0)) } ?? .removedToken(accessor)
    } else if let id = name(Self.policy) {
      self = try record.map { .putPolicy(try decode($0)) } ?? .removedPolicy(id)
    } else if let identity = name(Self.binding) {
      self = try record.map { .putBinding(try decode($0)) } ?? .removedBinding(identity)
    } else if key == Self.bootstrap {
      self = .bootstrapped
    } else {
      throw StoreError(.corrupt, "is damaged: \(key) is the key of no token, policy or binding")
    }
  }

  /// Whether it puts something, which a store keeps.
  var isPut: Bool {
    switch self {
    case .putToken, .putPolicy, .putBinding, .bootstrapped: true
    case .removedToken, .removedPolicy, .removedBinding: false
    }
  }

  /// Roughly the bytes it takes in the log.
  var cost: Int {
    switch self {
    case .putPolicy(let policy): 512 + policy.rules.utf8.count
    default: 512
    }
  }
}
