import Crypto
import CryptoExtras
import Foundation
import WeftProtobuf

/// A key that checks signatures (RFC 7517), and the one algorithm that it is for.
///
/// The algorithm is the key's, not the token's: a token that could choose it could have a public key taken for a
/// secret (RFC 8725, 3.1).
struct JSONWebKey: Sendable {
  enum Material: Sendable {
    case p256(P256.Signing.PublicKey)
    case p384(P384.Signing.PublicKey)
    case ed25519(Curve25519.Signing.PublicKey)
    case rsa(_RSA.Signing.PublicKey)
    case secret(SymmetricKey)
  }

  /// Why a key is not used.
  struct Problem: Error, CustomStringConvertible {
    let description: String
  }

  /// Bytes of a shared secret, at least (RFC 7518, 3.2).
  private static let minSecretBytes = 32

  let id: String?
  let algorithm: String
  let material: Material

  /// - Throws: ``Problem``.
  /// - Returns: nil for a key that is not for signatures.
  init?(_ fields: Google_Protobuf_Struct) throws {
    func text(_ name: String) -> String? {
      if case .stringValue(let text) = fields.fields[name]?.kind { text } else { nil }
    }
    func bytes(_ name: String) throws -> Data {
      guard let text = text(name), let bytes = Base64URL.decode(text[...]), !bytes.isEmpty else {
        throw Problem(description: "\"\(name)\" must be base64url")
      }
      return Data(bytes)
    }
    if let use = text("use"), use != "sig" { return nil }
    id = text("kid")
    let given = text("alg")
    let fitting: [String]
    do {
      switch (text("kty"), text("crv")) {
      case ("EC", "P-256"):
        material = .p256(try .init(x963Representation: [4] + bytes("x") + bytes("y")))
        fitting = ["ES256"]
      case ("EC", "P-384"):
        material = .p384(try .init(x963Representation: [4] + bytes("x") + bytes("y")))
        fitting = ["ES384"]
      case ("OKP", "Ed25519"):
        material = .ed25519(try .init(rawRepresentation: bytes("x")))
        fitting = ["EdDSA", "Ed25519"]
      case ("RSA", _):
        material = .rsa(try .init(n: bytes("n"), e: bytes("e")))
        fitting = ["RS256", "RS384", "RS512", "PS256"]
      case ("oct", _):
        let secret = try bytes("k")
        if secret.count < Self.minSecretBytes {
          throw Problem(description: "\"k\" must be at least \(Self.minSecretBytes) bytes long")
        }
        material = .secret(SymmetricKey(data: secret))
        fitting = ["HS256", "HS384", "HS512"]
      case (let type, let curve):
        throw Problem(
          description:
            "\"kty\" \(type ?? "missing")\(curve.map { " with \"crv\" \($0)" } ?? "") is not supported")
      }
    } catch let problem as Problem {
      throw problem
    } catch {
      throw Problem(description: "its numbers are no key")
    }
    guard let chosen = given ?? fitting.first, fitting.contains(chosen) else {
      throw Problem(
        description: "\"alg\" \(given ?? "") does not fit the key: \(fitting.joined(separator: ", ")) would")
    }
    algorithm = chosen
  }

  func isValid(_ signature: [UInt8], for signed: [UInt8]) -> Bool {
    switch material {
    case .p256(let key):
      (try? P256.Signing.ECDSASignature(rawRepresentation: signature)).map {
        key.isValidSignature($0, for: signed)
      } ?? false
    case .p384(let key):
      (try? P384.Signing.ECDSASignature(rawRepresentation: signature)).map {
        key.isValidSignature($0, for: signed)
      } ?? false
    case .ed25519(let key): key.isValidSignature(signature, for: signed)
    case .rsa(let key): isValid(signature, for: signed, key)
    case .secret(let key): isValid(signature, for: signed, key)
    }
  }

  private func isValid(_ signature: [UInt8], for signed: [UInt8], _ key: _RSA.Signing.PublicKey) -> Bool {
    let signature = _RSA.Signing.RSASignature(rawRepresentation: signature)
    return switch algorithm {
    case "RS256": key.isValidSignature(signature, for: SHA256.hash(data: signed), padding: .insecurePKCS1v1_5)
    case "RS384": key.isValidSignature(signature, for: SHA384.hash(data: signed), padding: .insecurePKCS1v1_5)
    case "RS512": key.isValidSignature(signature, for: SHA512.hash(data: signed), padding: .insecurePKCS1v1_5)
    case "PS256": key.isValidSignature(signature, for: SHA256.hash(data: signed), padding: .PSS)
    default: false
    }
  }

  private func isValid(_ code: [UInt8], for signed: [UInt8], _ key: SymmetricKey) -> Bool {
    switch algorithm {
    case "HS256": HMAC<SHA256>.isValidAuthenticationCode(code, authenticating: signed, using: key)
    case "HS384": HMAC<SHA384>.isValidAuthenticationCode(code, authenticating: signed, using: key)
    case "HS512": HMAC<SHA512>.isValidAuthenticationCode(code, authenticating: signed, using: key)
    default: false
    }
  }
}

enum Base64URL {
  /// - Returns: nil for what is not base64url without padding.
  static func decode(_ text: Substring) -> [UInt8]? {
    guard
      text.utf8.allSatisfy({ $0 != UInt8(ascii: "=") && $0 != UInt8(ascii: "+") && $0 != UInt8(ascii: "/") })
    else { return nil }
    return Array(text.utf8).withUnsafeBufferPointer { Base64.decode($0) }
  }
}
