import Crypto
import CryptoExtras
import Foundation
import Synchronization
import Testing
import WeftRPC

@testable import WeftHost

/// Which tokens are believed.
@Suite struct JWTVerifierTests {
  private let key = P256.Signing.PrivateKey()
  /// Seconds since 1970 at which tokens are looked at.
  private static let now = 1_800_000_000.0

  private func verifier(
    _ set: String? = nil, rules: JWTVerifier.Rules = .init(),
    now: @escaping @Sendable () -> Double = { Self.now }
  ) throws -> JWTVerifier {
    let set = set ?? TestTokens.set(TestTokens.jwk(key.publicKey, id: "k1"))
    return JWTVerifier(try JSONWebKeySet(json: Array(set.utf8)), rules: rules, now: now)
  }

  private func token(
    _ claims: String = #"{"sub":"ada","exp":1800000100}"#, header: String = #"{"alg":"ES256","kid":"k1"}"#
  ) throws -> String {
    try TestTokens.token(header: header, claims: claims) { try key.signature(for: $0).rawRepresentation }
  }

  private func reason(_ token: String, _ verifier: JWTVerifier) -> String? {
    do {
      _ = try verifier.verify(token)
      return nil
    } catch {
      return (error as? TokenError)?.reason ?? "\(error)"
    }
  }

  @Test func aSignedTokenIsBelieved() throws {
    let verifier = try verifier()
    let token = try token()
    #expect(try verifier.verify(token).subject == "ada")
    // And the second time, when it is remembered.
    #expect(try verifier.verify(token).subject == "ada")
  }

  @Test func everyKindOfKeyChecksItsOwnAlgorithm() throws {
    let p384 = P384.Signing.PrivateKey()
    let ed = Curve25519.Signing.PrivateKey()
    let rsa = try _RSA.Signing.PrivateKey(keySize: .bits2048)
    let secret = [UInt8](repeating: 7, count: 32)
    let raw = p384.publicKey.rawRepresentation
    let set = TestTokens.set(
      #"{"kty":"EC","crv":"P-384","kid":"p384","x":"\#(TestTokens.base64url(raw.prefix(48)))","y":"\#(TestTokens.base64url(raw.suffix(48)))"}"#,
      TestTokens.jwk(ed.publicKey, id: "ed"),
      try TestTokens.jwk(rsa.publicKey, id: "rs", algorithm: "RS256"),
      try TestTokens.jwk(rsa.publicKey, id: "ps", algorithm: "PS256"),
      TestTokens.jwk(secret: secret, id: "hs"),
      #"{"kty":"RSA","use":"enc","n":"!","e":"!"}"#)
    let verifier = try verifier(set)
    let claims = #"{"sub":"ada","exp":1800000100}"#
    let tokens = [
      try TestTokens.token(header: #"{"alg":"ES384","kid":"p384"}"#, claims: claims) {
        try p384.signature(for: $0).rawRepresentation
      },
      try TestTokens.token(header: #"{"alg":"EdDSA","kid":"ed"}"#, claims: claims) {
        try ed.signature(for: $0)
      },
      try TestTokens.token(header: #"{"alg":"RS256","kid":"rs"}"#, claims: claims) {
        try rsa.signature(for: $0, padding: .insecurePKCS1v1_5).rawRepresentation
      },
      try TestTokens.token(header: #"{"alg":"PS256","kid":"ps"}"#, claims: claims) {
        try rsa.signature(for: $0, padding: .PSS).rawRepresentation
      },
      TestTokens.token(header: #"{"alg":"HS256","kid":"hs"}"#, claims: claims) {
        HMAC<SHA256>.authenticationCode(for: $0, using: SymmetricKey(data: secret))
      },
    ]
    for token in tokens { #expect(try verifier.verify(token).subject == "ada") }
  }

  @Test func aTokenThatWasChangedIsNot() throws {
    let verifier = try verifier()
    let parts = try token().split(separator: ".")
    let other = TestTokens.base64url(#"{"sub":"eve","exp":1800000100}"#.utf8)
    #expect(reason("\(parts[0]).\(other).\(parts[2])", verifier) == "its signature is wrong")
    let stranger = P256.Signing.PrivateKey()
    let forged = try TestTokens.token(header: #"{"alg":"ES256","kid":"k1"}"#, claims: #"{"exp":1800000100}"#)
    {
      try stranger.signature(for: $0).rawRepresentation
    }
    #expect(reason(forged, verifier) == "its signature is wrong")
  }

  /// RFC 8725, 2.1: no algorithm, and a public key taken for a secret.
  @Test func theTokenDoesNotChooseTheAlgorithm() throws {
    let verifier = try verifier()
    let claims = #"{"sub":"eve","exp":1800000100}"#
    let unsigned = TestTokens.token(header: #"{"alg":"none"}"#, claims: claims) { _ in [UInt8]() }
    #expect(reason(unsigned, verifier)?.contains("not known") == true)
    let confused = TestTokens.token(header: #"{"alg":"HS256","kid":"k1"}"#, claims: claims) {
      HMAC<SHA256>.authenticationCode(for: $0, using: SymmetricKey(data: key.publicKey.x963Representation))
    }
    #expect(reason(confused, verifier)?.contains("not known") == true)
  }

  @Test func tokensHoldForTheirTimeGiveOrTakeAMinute() throws {
    let verifier = try verifier()
    #expect(reason(try token(#"{"exp":1799999930}"#), verifier) == "it has expired")
    #expect(reason(try token(#"{"exp":1799999950}"#), verifier) == nil)
    #expect(reason(try token(#"{"exp":1800000100,"nbf":1800000090}"#), verifier) == "it is not valid yet")
    #expect(reason(try token(#"{"exp":1800000100,"nbf":1800000050}"#), verifier) == nil)
    #expect(reason(try token(#"{"sub":"ada"}"#), verifier) == "it has no time of expiry")
    #expect(reason(try token(#"{"exp":"tomorrow"}"#), verifier) == #"its "exp" is no time"#)
  }

  @Test func aTokenThatIsRememberedExpiresAllTheSame() throws {
    let clock = Mutex(Self.now)
    let verifier = JWTVerifier(
      try JSONWebKeySet(json: Array(TestTokens.set(TestTokens.jwk(key.publicKey, id: "k1")).utf8)),
      rules: .init()
    ) { clock.withLock { $0 } }
    let token = try token()
    #expect(reason(token, verifier) == nil)
    clock.withLock { $0 += 161 }
    #expect(reason(token, verifier) == "it has expired")
  }

  @Test func issuerAndAudienceMustBeThoseAskedFor() throws {
    let verifier = try verifier(rules: .init(issuer: "auth", audience: "orders"))
    #expect(reason(try token(#"{"iss":"auth","aud":["x","orders"],"exp":1800000100}"#), verifier) == nil)
    #expect(reason(try token(#"{"iss":"auth","aud":"orders","exp":1800000100}"#), verifier) == nil)
    #expect(
      reason(try token(#"{"iss":"eve","aud":"orders","exp":1800000100}"#), verifier)
        == "it is from another issuer")
    #expect(reason(try token(#"{"aud":"orders","exp":1800000100}"#), verifier) == "it is from another issuer")
    #expect(
      reason(try token(#"{"iss":"auth","aud":"x","exp":1800000100}"#), verifier) == "it is meant for others")
  }

  @Test func newKeysEndTheBeliefInOldOnes() throws {
    let verifier = try verifier()
    let token = try token()
    #expect(reason(token, verifier) == nil)
    let next = P256.Signing.PrivateKey()
    let set = TestTokens.set(TestTokens.jwk(next.publicKey, id: "k2"))
    verifier.replace(with: try JSONWebKeySet(json: Array(set.utf8)))
    #expect(reason(token, verifier)?.contains("not known") == true)
  }

  @Test(arguments: ["", "a", "a.b.c", "a.b", "....", "e30.e30.", "eyJhbGciOiJFUzI1NiJ9.W10.AA"])
  func whatIsNoTokenIsRefused(text: String) throws {
    #expect(reason(text, try verifier()) != nil)
  }

  @Test func aTokenWithUnknownExtensionsOrOfGreatLengthIsRefused() throws {
    let verifier = try verifier()
    let critical = try token(header: #"{"alg":"ES256","kid":"k1","crit":["b64"]}"#)
    #expect(reason(critical, verifier)?.contains("extensions") == true)
    #expect(reason(String(repeating: "a", count: 20_000), verifier)?.contains("longer") == true)
  }

  @Test(arguments: [
    ("[]", "object"), ("{}", "keys"), (#"{"keys":[]}"#, "no key"), (#"{"keys":[1]}"#, "keys[0]"),
    (#"{"keys":[{"kty":"EC","crv":"P-256","x":"AA","y":"AA"}]}"#, "keys[0]"),
    (#"{"keys":[{"kty":"EC","crv":"P-256","x":"=","y":"AA"}]}"#, "\"x\""),
    (#"{"keys":[{"kty":"DSA"}]}"#, "DSA"), (#"{"keys":[{"kty":"oct","k":"AAAA"}]}"#, "32 bytes"),
    (#"{"keys":[{"kty":"oct","alg":"RS256","k":"\#(String(repeating: "A", count: 43))"}]}"#, "HS256"),
  ])
  func keysThatCannotBeUsedAreToldOf(json: String, reason: String) {
    let error = #expect(throws: JSONWebKeySet.Problem.self) { try JSONWebKeySet(json: Array(json.utf8)) }
    #expect(error?.description.contains(reason) == true, "\(error?.description ?? "")")
  }

  @Test func keysComeFromAFileAndFollowIt() async throws {
    let url = FileManager.default.temporaryDirectory.appendingPathComponent("weft-" + UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: url) }
    let missing = #expect(throws: KeyFileError.self) { try JWTVerifier.following(path: url.path) }
    #expect(missing?.description.contains(url.path) == true)
    try TestTokens.set(TestTokens.jwk(key.publicKey, id: "k1")).write(
      to: url, atomically: true, encoding: .utf8)
    let verifier = try JWTVerifier.following(path: url.path, every: .milliseconds(1))
    let token = try token(#"{"sub":"ada","exp":4000000000}"#)
    #expect(reason(token, verifier) == nil)
    let next = P256.Signing.PrivateKey()
    try TestTokens.set(TestTokens.jwk(next.publicKey, id: "k2")).write(
      to: url, atomically: true, encoding: .utf8)
    while reason(token, verifier) == nil { await Task.yield() }
  }
}
