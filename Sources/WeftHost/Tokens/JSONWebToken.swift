import WeftProtobuf
import WeftRPC

/// A token in its compact form (RFC 7515, 7.1), taken apart and not yet believed.
struct JSONWebToken {
  /// Longer ones are not looked at. Headers are bounded more tightly anyway.
  static let maxBytes = 16 << 10

  let algorithm: String
  let keyID: String?
  let claims: Google_Protobuf_Struct
  let signed: [UInt8]
  let signature: [UInt8]

  /// - Throws: `TokenError`.
  init(_ text: String) throws {
    guard text.utf8.count <= Self.maxBytes else {
      throw TokenError("it is longer than \(Self.maxBytes) bytes")
    }
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 3, let header = Self.object(parts[0]), let claims = Self.object(parts[1]),
      let signature = Base64URL.decode(parts[2])
    else { throw TokenError("it is no signed JSON Web Token") }
    guard case .stringValue(let algorithm) = header.fields["alg"]?.kind else {
      throw TokenError("it names no algorithm")
    }
    // Extensions that must be understood, of which none is (RFC 7515, 4.1.11).
    if header.fields["crit"] != nil { throw TokenError("it has extensions that are not understood here") }
    if case .stringValue(let id) = header.fields["kid"]?.kind { keyID = id } else { keyID = nil }
    self.algorithm = algorithm
    self.claims = claims
    self.signature = signature
    signed = Array(text.utf8.prefix(parts[0].utf8.count + 1 + parts[1].utf8.count))
  }

  private static func object(_ part: Substring) -> Google_Protobuf_Struct? {
    Base64URL.decode(part).flatMap { try? Google_Protobuf_Struct(json: $0) }
  }

  /// Seconds since 1970, or nil when there is no such claim.
  ///
  /// - Throws: `TokenError` when it is no time.
  func time(_ claim: String) throws -> Double? {
    guard let value = claims.fields[claim] else { return nil }
    guard case .numberValue(let seconds) = value.kind, seconds.isFinite else {
      throw TokenError("its \"\(claim)\" is no time")
    }
    return seconds
  }
}
