import Crypto
import Foundation

/// A secret's bearer and what it may do. The secret itself is not kept, only its SHA-256.
///
/// A plain hash is enough: secrets are random UUIDs with 122 bits, which nobody can try out.
public struct AccessToken: Sendable, Hashable, Codable {
  /// A UUID that names the token where its secret must not be told.
  public var accessor: String
  /// SHA-256 of the secret in lower-case hexadecimal.
  public var secretHash: String
  public var description: String
  /// Ids of policies. One that is removed is no longer among them.
  public var policies: [String]
  /// Services under whose names it may register, as their certificates may.
  public var services: [String]
  /// Nodes whose agents it speaks for.
  public var nodes: [String]
  /// Services and nodes that it speaks for in other datacenters only, which gives it nothing here. Nil in records of
  /// releases that did not keep them, as is `isLocal`.
  public var servicesElsewhere: [IdentityElsewhere]?
  public var nodesElsewhere: [IdentityElsewhere]?
  /// Consul's mark of a token that is not copied to other datacenters.
  public var isLocal: Bool?
  /// When it was made, since 1970, in milliseconds.
  public var createdAt: Int64
  /// When it ends, since 1970, in milliseconds; nil never.
  public var expiresAt: Int64?
  public var createdRevision: UInt64
  public var modifiedRevision: UInt64

  /// Consul's accessor of the token that stands for whoever shows none. It has no secret.
  public static let anonymousAccessor = "00000000-0000-0000-0000-000000000002"

  public init(
    accessor: String = "", secretHash: String = "", description: String = "", policies: [String] = [],
    services: [String] = [], nodes: [String] = [], createdAt: Int64 = 0, expiresAt: Int64? = nil,
    createdRevision: UInt64 = 0, modifiedRevision: UInt64 = 0
  ) {
    self.accessor = accessor
    self.secretHash = secretHash
    self.description = description
    self.policies = policies
    self.services = services
    self.nodes = nodes
    self.createdAt = createdAt
    self.expiresAt = expiresAt
    self.createdRevision = createdRevision
    self.modifiedRevision = modifiedRevision
  }

  static let anonymous = AccessToken(
    accessor: anonymousAccessor, description: "Anonymous Token", createdRevision: 1, modifiedRevision: 1)

  /// Whether a text can be a secret: a UUID.
  public static func isSecret(_ text: String) -> Bool { isUUID(text) }

  /// What is kept of a secret.
  public static func hash(ofSecret secret: String) -> String {
    SHA256.hash(data: Array(secret.utf8)).hexadecimal
  }
}

/// The name of a service or a node that a token speaks for, and the datacenters where it does.
public struct IdentityElsewhere: Sendable, Hashable, Codable {
  public var name: String
  public var datacenters: [String]

  public init(name: String, datacenters: [String]) {
    self.name = name
    self.datacenters = datacenters
  }
}

/// A random UUID, version 4 (RFC 9562, section 5.4), from the system's secure generator.
func randomUUID() -> String {
  var generator = SystemRandomNumberGenerator()
  var digits = ""
  for half in 0..<2 {
    var bits: UInt64 = generator.next()
    // The version in the first half, the variant in the second.
    bits = half == 0 ? bits & ~0xF000 | 0x4000 : bits & ~(3 << 62) | (2 << 62)
    let text = String(bits, radix: 16)
    digits += String(repeating: "0", count: 16 - text.count) + text
  }
  var uuid = ""
  for (index, digit) in digits.enumerated() {
    if [8, 12, 16, 20].contains(index) { uuid += "-" }
    uuid.append(digit)
  }
  return uuid
}

/// Whether a text is a UUID with its dashes, in either case.
func isUUID(_ text: String) -> Bool {
  let groups = text.split(separator: "-", omittingEmptySubsequences: false)
  return groups.map(\.utf8.count) == [8, 4, 4, 4, 12]
    && groups.allSatisfy { $0.allSatisfy { $0.isASCII && $0.isHexDigit } }
}
