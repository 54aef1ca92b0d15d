import Foundation
import Synchronization
import WeftRPC

/// Believes JSON Web Tokens (RFC 7519) that are signed with one of its keys, have not expired, and are meant for
/// this service.
public final class JWTVerifier: TokenVerifier {
  /// What tokens must say, beside their signature.
  public struct Rules: Sendable {
    /// `iss`: who must have made it; nil for anyone who has a key.
    public var issuer: String?
    /// `aud`: a name that must be among those that it is meant for; nil for any.
    public var audience: String?
    /// How far the clocks of others may be off.
    public var leeway: Duration = .seconds(60)

    public init(issuer: String? = nil, audience: String? = nil) {
      self.issuer = issuer
      self.audience = audience
    }
  }

  private struct Verified {
    let claims: TokenClaims
    /// Seconds since 1970.
    let from: Double
    let until: Double
  }

  private struct State {
    var keys: JSONWebKeySet
    /// A signature costs some 100 microseconds, and callers send the same token again and again.
    var verified: [String: Verified] = [:]
  }

  private static let maxVerified = 4096

  private let rules: Rules
  private let now: @Sendable () -> Double
  private let state: Mutex<State>

  public convenience init(_ keys: JSONWebKeySet, rules: Rules = Rules()) {
    self.init(keys, rules: rules) { Date().timeIntervalSince1970 }
  }

  /// - Parameter now: seconds since 1970.
  init(_ keys: JSONWebKeySet, rules: Rules, now: @escaping @Sendable () -> Double) {
    self.rules = rules
    self.now = now
    state = Mutex(State(keys: keys))
  }

  /// Believes other keys from now on. What was signed with a key that is gone is not believed any more.
  public func replace(with keys: JSONWebKeySet) {
    state.withLock { $0 = State(keys: keys) }
  }

  public func verify(_ token: String) throws -> TokenClaims {
    let (known, keys) = state.withLock { ($0.verified[token], $0.keys) }
    let verified = try known ?? check(JSONWebToken(token), keys)
    let now = now()
    if now >= verified.until { throw TokenError("it has expired") }
    if now < verified.from { throw TokenError("it is not valid yet") }
    if known == nil { remember(token, verified, now, keys) }
    return verified.claims
  }

  private func remember(_ token: String, _ verified: Verified, _ now: Double, _ keys: JSONWebKeySet) {
    state.withLock { state in
      // The keys may have been replaced meanwhile; then it is checked again.
      guard state.keys.version == keys.version else { return }
      if state.verified.count >= Self.maxVerified {
        state.verified = state.verified.filter { $0.value.until > now }
        if state.verified.count >= Self.maxVerified { state.verified.removeAll(keepingCapacity: true) }
      }
      state.verified[token] = verified
    }
  }

  private func check(_ token: JSONWebToken, _ keys: JSONWebKeySet) throws -> Verified {
    let candidates = keys.candidates(id: token.keyID, algorithm: token.algorithm)
    if candidates.isEmpty {
      throw TokenError("it is signed with a key or an algorithm that is not known here")
    }
    guard candidates.contains(where: { $0.isValid(token.signature, for: token.signed) }) else {
      throw TokenError("its signature is wrong")
    }
    let claims = TokenClaims(token.claims)
    if let issuer = rules.issuer, claims.texts("iss") != [issuer] {
      throw TokenError("it is from another issuer")
    }
    if let audience = rules.audience, !claims.texts("aud").contains(audience) {
      throw TokenError("it is meant for others")
    }
    // One that never ends cannot be taken back.
    guard let expires = try token.time("exp") else { throw TokenError("it has no time of expiry") }
    let leeway = rules.leeway / .seconds(1)
    return Verified(
      claims: claims, from: (try token.time("nbf")).map { $0 - leeway } ?? -.infinity, until: expires + leeway
    )
  }
}
