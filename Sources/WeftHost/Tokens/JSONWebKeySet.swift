import Synchronization
import WeftProtobuf

/// The keys that tokens may be signed with, as `{"keys":[...]}` (RFC 7517, 5).
public struct JSONWebKeySet: Sendable {
  /// Why a set was refused.
  public struct Problem: Error, Sendable, CustomStringConvertible {
    public let description: String
  }

  let keys: [JSONWebKey]
  /// Tells sets apart.
  let version: Int
  private static let versions = Atomic<Int>(0)

  /// - Throws: ``Problem``. Keys that are not for signatures are passed over; keys that cannot be used are not,
  ///   because tokens would be refused later without a word of why.
  public init(json: [UInt8]) throws {
    let set: Google_Protobuf_Struct
    do {
      set = try Google_Protobuf_Struct(json: json)
    } catch {
      throw Problem(description: "is no JSON object: \(error)")
    }
    guard case .listValue(let list) = set.fields["keys"]?.kind else {
      throw Problem(description: "has no list \"keys\"")
    }
    var keys: [JSONWebKey] = []
    for (index, value) in list.values.enumerated() {
      guard case .structValue(let fields) = value.kind else {
        throw Problem(description: "keys[\(index)]: must be an object")
      }
      do {
        if let key = try JSONWebKey(fields) { keys.append(key) }
      } catch {
        throw Problem(description: "keys[\(index)]: \(error)")
      }
    }
    if keys.isEmpty { throw Problem(description: "has no key for signatures") }
    self.keys = keys
    version = Self.versions.wrappingAdd(1, ordering: .relaxed).newValue
  }

  /// The keys that may have signed a token.
  func candidates(id: String?, algorithm: String) -> [JSONWebKey] {
    keys.filter { $0.algorithm == algorithm && (id == nil || $0.id == nil || $0.id == id) }
  }
}
