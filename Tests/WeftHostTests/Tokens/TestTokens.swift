import Crypto
import CryptoExtras
import Foundation

/// Makes tokens and the keys that they are checked with.
enum TestTokens {
  static func base64url(_ bytes: some Sequence<UInt8>) -> String {
    Data(bytes).base64EncodedString().replacingOccurrences(of: "+", with: "-")
      .replacingOccurrences(of: "/", with: "_").replacingOccurrences(of: "=", with: "")
  }

  /// - Parameter sign: gives the signature.
  static func token(
    header: String, claims: String, sign: (Data) throws -> some Sequence<UInt8>
  ) rethrows -> String {
    let signed = base64url(header.utf8) + "." + base64url(claims.utf8)
    return signed + "." + base64url(try sign(Data(signed.utf8)))
  }

  static func set(_ keys: String...) -> String { "{\"keys\":[\(keys.joined(separator: ","))]}" }

  static func jwk(_ key: P256.Signing.PublicKey, id: String) -> String {
    let raw = key.rawRepresentation
    return
      #"{"kty":"EC","crv":"P-256","kid":"\#(id)","x":"\#(base64url(raw.prefix(32)))","y":"\#(base64url(raw.suffix(32)))"}"#
  }

  static func jwk(_ key: Curve25519.Signing.PublicKey, id: String) -> String {
    #"{"kty":"OKP","crv":"Ed25519","kid":"\#(id)","x":"\#(base64url(key.rawRepresentation))"}"#
  }

  static func jwk(_ key: _RSA.Signing.PublicKey, id: String, algorithm: String) throws -> String {
    let numbers = try key.getKeyPrimitives()
    return
      #"{"kty":"RSA","alg":"\#(algorithm)","kid":"\#(id)","n":"\#(base64url(numbers.modulus))","e":"\#(base64url(numbers.publicExponent))"}"#
  }

  static func jwk(secret: [UInt8], id: String) -> String {
    #"{"kty":"oct","kid":"\#(id)","k":"\#(base64url(secret))"}"#
  }
}
