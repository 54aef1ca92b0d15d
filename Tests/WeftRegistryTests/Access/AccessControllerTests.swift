import Synchronization
import Testing
import WeftDiscovery

@testable import WeftRegistry

@Suite("Who may do what")
struct AccessControllerTests {
  /// Rules without a registry around them.
  private final class Source: AccessSource {
    private let state = Mutex((AccessState(), UInt64(0), Int64(1_000)))

    var accessState: AccessState { state.withLock(\.0) }
    var wallClockMilliseconds: Int64 { state.withLock(\.2) }

    func setTime(_ milliseconds: Int64) { state.withLock { $0.2 = milliseconds } }

    @discardableResult
    func perform(_ command: AccessCommand) throws -> AccessOutcome {
      try state.withLock { state in
        state.1 += 1
        var planner = AccessPlanner(base: state.0, limits: RegistryLimits())
        let outcome = try planner.perform(command, revision: state.1)
        for change in planner.takeChanges() { state.0.apply(change, revision: state.1) }
        return outcome
      }
    }
  }

  private let source = Source()
  private static let secret = "5f2b1a34-9d0c-4a8e-8a55-0d9b6c3a7e10"
  private static let policyID = "aaaaaaaa-0000-4000-8000-000000000001"

  private func controller(
    isEnabled: Bool = true, allowsByDefault: Bool = false,
    certificates: RegistryAccessPolicy = .standard
  ) -> AccessController {
    var configuration = AccessConfiguration()
    configuration.isEnabled = isEnabled
    configuration.allowsByDefault = allowsByDefault
    configuration.certificates = certificates
    return AccessController(configuration: configuration, source: source, cache: AccessCache())
  }

  private func putPolicy(_ rules: String, name: String = "p", id: String = policyID) throws {
    let policy = AccessPolicy(id: id, name: name, rules: rules)
    if source.accessState.policies[id] == nil {
      try source.perform(.createPolicy(policy))
    } else {
      try source.perform(.updatePolicy(policy))
    }
  }

  private func putToken(policies: [String] = [], services: [String] = [], expiresAt: Int64? = nil) throws {
    try source.perform(
      .createToken(
        AccessToken(
          accessor: randomUUID(), secretHash: AccessToken.hash(ofSecret: Self.secret), policies: policies,
          services: services, expiresAt: expiresAt)))
  }

  @Test("a token does what its policies say, and learns at once when they change")
  func token() throws {
    let access = controller()
    try putPolicy(#"key_prefix "a/" { policy = "read" }"#)
    try putToken(policies: [Self.policyID])
    let credential = AccessCredential(token: Self.secret, address: "10.0.0.1:1")
    #expect(try access.scope(of: credential).allows(.key("a/x", .read)))
    #expect(try !access.scope(of: credential).allows(.key("a/x", .write)))
    try putPolicy(#"key_prefix "a/" { policy = "write" }"#)
    #expect(try access.scope(of: credential).allows(.key("a/x", .write)))
    #expect(try access.scope(of: credential).actor.address == "10.0.0.1:1")
    try source.perform(.removePolicy(id: Self.policyID))
    #expect(try !access.scope(of: credential).allows(.key("a/x", .read)))
  }

  @Test("a token that is not known, was removed or has ended opens nothing")
  func unknownToken() throws {
    let access = controller(allowsByDefault: true)
    let credential = AccessCredential(token: Self.secret)
    #expect(throws: RegistryError.permissionDenied("the token is not known")) {
      try access.scope(of: credential)
    }
    try putToken(expiresAt: 2_000)
    #expect(throws: Never.self) { try access.scope(of: credential) }
    source.setTime(2_000)
    #expect(throws: RegistryError.self) { try access.scope(of: credential) }
    // Whoever knows the hash knows nothing.
    let hash = AccessToken.hash(ofSecret: Self.secret)
    source.setTime(0)
    #expect(throws: RegistryError.self) { try access.scope(of: AccessCredential(token: hash)) }
  }

  @Test("whoever shows nothing has the anonymous token's rules")
  func anonymous() throws {
    let access = controller()
    #expect(try !access.scope(of: AccessCredential()).allows(.service("web", .read)))
    try putPolicy(#"service_prefix "" { policy = "read" }"#)
    try source.perform(
      .updateToken(AccessToken(accessor: AccessToken.anonymousAccessor, policies: [Self.policyID])))
    for credential in [AccessCredential(), AccessCredential(token: ""), AccessCredential(identities: [])] {
      #expect(try access.scope(of: credential).allows(.service("web", .read)))
    }
  }

  @Test("a certificate registers under its own name, also when everything else is allowed")
  func certificate() throws {
    let credential = AccessCredential(identities: [ServiceIdentity.uri(for: "web")])
    for allowsByDefault in [true, false] {
      let scope = try controller(allowsByDefault: allowsByDefault).scope(of: credential)
      #expect(scope.allows(.service("web", .write)))
      #expect(!scope.allows(.service("webshop", .write)))
      #expect(!scope.allows(.service("other", .write)))
      #expect(scope.allows(.service("other", .read)))
      #expect(scope.allows(.key("a", .write)) == allowsByDefault)
    }
  }

  @Test("bindings give a certificate the rules of policies")
  func bindings() throws {
    let access = controller()
    try putPolicy(#"key_prefix "web/" { policy = "write" }"#)
    let web = AccessCredential(identities: [ServiceIdentity.uri(for: "web")])
    #expect(try !access.scope(of: web).allows(.key("web/x", .write)))
    try source.perform(.putBinding(AccessBinding(identity: "web", policies: [Self.policyID])))
    #expect(try access.scope(of: web).allows(.key("web/x", .write)))
    try source.perform(.removeBinding(identity: "web"))
    #expect(try !access.scope(of: web).allows(.key("web/x", .write)))
    let pattern = ServiceIdentity.uri(for: "w*")
    try source.perform(.putBinding(AccessBinding(identity: pattern, policies: [Self.policyID])))
    #expect(try access.scope(of: web).allows(.key("web/x", .write)))
    let other = AccessCredential(identities: [ServiceIdentity.uri(for: "other")])
    #expect(try !access.scope(of: other).allows(.key("web/x", .write)))
  }

  @Test("administrators may do everything, a foreign authority's names nothing")
  func administrators() throws {
    let access = controller()
    let client = AccessCredential(identities: [ServiceIdentity.uri(for: "client")])
    #expect(try access.scope(of: client).allows(.acl(.write)))
    let foreign = AccessCredential(identities: ["spiffe://example.org/service/client"])
    #expect(try !access.scope(of: foreign).allows(.service("client", .write)))
  }

  @Test(
    "without rules in force a certificate changes its own service, and doors without certificates are open")
  func disabled() throws {
    let access = controller(isEnabled: false)
    let web = try access.scope(of: AccessCredential(identities: [ServiceIdentity.uri(for: "web")]))
    #expect(web.allows(.service("web", .write)))
    #expect(!web.allows(.service("other", .write)))
    #expect(web.allows(.key("a", .write)))
    let nameless = try access.scope(of: AccessCredential(identities: []))
    let error = #expect(throws: RegistryError.self) { try nameless.require(.service("web", .write)) }
    #expect(error?.description.contains("spiffe://weft.internal/service/web") == true)
    // Plain HTTP on loopback, as Consul's clients know it. Tokens are ignored.
    let plain = try access.scope(of: AccessCredential(token: "whatever"))
    #expect(plain.allows(.service("any", .write)))
  }

  @Test("a token for a service or a node has their rules")
  func tokenIdentities() throws {
    try putToken(services: ["web"])
    let scope = try controller().scope(of: AccessCredential(token: Self.secret))
    #expect(scope.allows(.service("web", .write)))
    #expect(!scope.allows(.service("other", .write)))
    #expect(scope.allows(.service("other", .read)))
    #expect(scope.allows(.node("n", .read)))
  }

  @Test("the first management token is made once")
  func bootstrap() throws {
    let token = AccessToken(
      accessor: randomUUID(), secretHash: AccessToken.hash(ofSecret: Self.secret),
      policies: [AccessPolicy.managementID])
    try source.perform(.bootstrap(token))
    let scope = try controller().scope(of: AccessCredential(token: Self.secret))
    for resource in AccessResource.allCases {
      #expect(scope.allows(AccessRequest(resource: resource, name: "x", permission: .write)), "\(resource)")
    }
    #expect(scope.allows(.keyTree("", .write)))
    var second = token
    second.accessor = randomUUID()
    second.secretHash = "x"
    #expect(throws: RegistryError.self) { try source.perform(.bootstrap(second)) }
  }

  @Test("what would break the rules is refused, and built-in ones stay")
  func refusals() throws {
    try putPolicy("")
    try putToken(policies: [Self.policyID])
    let commands: [AccessCommand] = [
      .createToken(AccessToken(accessor: AccessToken.anonymousAccessor, secretHash: "x")),
      .createToken(AccessToken(accessor: "new", secretHash: AccessToken.hash(ofSecret: Self.secret))),
      .createToken(AccessToken(accessor: "new", secretHash: "x", policies: ["none"])),
      .updateToken(AccessToken(accessor: "unknown")),
      .removeToken(accessor: AccessToken.anonymousAccessor),
      .createPolicy(AccessPolicy(id: "other", name: "p")),
      .createPolicy(AccessPolicy(id: Self.policyID, name: "other")),
      .updatePolicy(AccessPolicy(id: "unknown", name: "q")),
      .updatePolicy(AccessPolicy(id: AccessPolicy.managementID, name: "global-management")),
      .removePolicy(id: AccessPolicy.managementID),
      .putBinding(AccessBinding(identity: "web", policies: ["none"])),
    ]
    for command in commands {
      #expect(throws: RegistryError.self, "\(command)") { try source.perform(command) }
    }
  }

  @Test("secrets are random UUIDs and are not kept")
  func secrets() throws {
    let uuids = (0..<100).map { _ in randomUUID() }
    #expect(Set(uuids).count == 100)
    for uuid in uuids {
      #expect(isUUID(uuid))
      #expect(uuid.dropFirst(14).first == "4")
      #expect("89ab".contains(uuid.dropFirst(19).first ?? "x"))
    }
    try putToken()
    #expect(!String(describing: source.accessState).contains(Self.secret))
    #expect(throws: RegistryError.self) { try validateSecret("password", field: "secret") }
    #expect(throws: Never.self) {
      try validateSecret("DEADBEEF-0000-0000-0000-000000000000", field: "secret")
    }
  }
}
