import Testing
import WeftProtobuf
import WeftRPC

/// A server with a policy.
@Suite struct AuthorizerTests {
  private static let pureOnly = AuthorizationPolicy(
    name: "pure", allow: [AuthorizationRule("pure", paths: ["/test.Echo/Pure"])])

  private func configuration(_ authorizer: Authorizer) -> RPCServerConfiguration {
    var configuration = RPCServerConfiguration.plain
    configuration.authorizer = authorizer
    return configuration
  }

  private func token(_ text: String) -> CallOptions {
    CallOptions(metadata: ["authorization": "Bearer \(text)"])
  }

  @Test func aCallThatNoRuleAllowsReachesNoHandler() async throws {
    let runs = Counter()
    let service = EchoService(unary: { request, _ in
      runs.add(1)
      return request
    })
    try await withEcho(service, configuration: configuration(Authorizer(Self.pureOnly))) { channel in
      let allowed = try await channel.unary(Echo.pure, Text("x")).value
      #expect(allowed == "x")
      let error = await rpcError { _ = try await channel.unary(Echo.unary, Text("x")) }
      #expect(error?.code == .permissionDenied)
      #expect(error?.message.contains("may not call /test.Echo/Unary") == true)
      let stream = await rpcError {
        try await channel.serverStreaming(Echo.expand, Text("x")) { for try await _ in $0 {} }
      }
      #expect(stream?.code == .permissionDenied)
    }
    #expect(runs.value == 0)
  }

  @Test func aNewPolicyHoldsForTheNextCallOfTheSameConnection() async throws {
    let authorizer = Authorizer(Self.pureOnly)
    try await withEcho(configuration: configuration(authorizer)) { channel in
      _ = try await channel.unary(Echo.pure, Text("x"))
      authorizer.replace(
        with: AuthorizationPolicy(
          name: "unary", allow: [AuthorizationRule("unary", paths: ["/test.Echo/Unary"])]))
      let error = await rpcError { _ = try await channel.unary(Echo.pure, Text("x")) }
      #expect(error?.code == .permissionDenied)
      let reply = try await channel.unary(Echo.unary, Text("y")).value
      #expect(reply == "y")
    }
  }

  private struct Passwords: TokenVerifier {
    func verify(_ token: String) throws -> TokenClaims {
      guard token.hasPrefix("good-") else { throw TokenError("it is not good") }
      return TokenClaims(
        .with { $0.fields["sub"] = .with { $0.kind = .stringValue(String(token.dropFirst(5))) } })
    }
  }

  @Test func claimsOfATokenAreMatchedAndTellWhoWasRefused() async throws {
    let policy = AuthorizationPolicy(
      name: "ada", allow: [AuthorizationRule("ada", claims: [.init("sub", ["ada"])])])
    let authorizer = Authorizer(policy, verifier: Passwords())
    try await withEcho(configuration: configuration(authorizer)) { channel in
      let reply = try await channel.unary(Echo.unary, Text("x"), options: token("good-ada")).value
      #expect(reply == "x")
      let other = await rpcError {
        _ = try await channel.unary(Echo.unary, Text("x"), options: token("good-bob"))
      }
      #expect(other?.code == .permissionDenied)
      #expect(other?.message == "bob may not call /test.Echo/Unary")
      let nobody = await rpcError { _ = try await channel.unary(Echo.unary, Text("x")) }
      #expect(nobody?.code == .permissionDenied)
    }
  }

  @Test func theHandlerKnowsTheClaims() async throws {
    let everyone = AuthorizationPolicy(name: "all", allow: [AuthorizationRule("all")])
    let authorizer = Authorizer(everyone, verifier: Passwords())
    let service = EchoService(unary: { _, context in Text(context.claims?.subject ?? "nobody") })
    try await withEcho(service, configuration: configuration(authorizer)) { channel in
      let known = try await channel.unary(Echo.unary, Text("x"), options: token("good-ada")).value
      #expect(known == "ada")
      let unknown = try await channel.unary(Echo.unary, Text("x")).value
      #expect(unknown == "nobody")
      // With the fields of the call before the last.
      let again = try await channel.unary(Echo.unary, Text("x"), options: token("good-bob")).value
      #expect(again == "bob")
    }
  }

  @Test func aTokenThatIsNotBelievedIsUnauthenticated() async throws {
    let everyone = AuthorizationPolicy(name: "all", allow: [AuthorizationRule("all")])
    let authorizer = Authorizer(everyone, verifier: Passwords())
    try await withEcho(configuration: configuration(authorizer)) { channel in
      let error = await rpcError {
        _ = try await channel.unary(Echo.unary, Text("x"), options: token("bad"))
      }
      #expect(error?.code == .unauthenticated)
      #expect(error?.message.contains("it is not good") == true)
    }
  }
}
