import Testing
import WeftCertificates
import WeftDiscovery
import WeftHTTP2
import WeftRPC

@testable import WeftRegistry

/// No tokens, no policies.
private final class NoRules: AccessSource {
  let accessState = AccessState()
  let wallClockMilliseconds: Int64 = 0
}

@Suite("Who may change what")
struct RegistryAccessPolicyTests {
  private func isAllowed(_ policy: RegistryAccessPolicy, _ identities: [String]) -> Bool {
    var configuration = AccessConfiguration()
    configuration.certificates = policy
    let access = AccessController(configuration: configuration, source: NoRules(), cache: AccessCache())
    return (try? access.authorize(AccessCredential(identities: identities), .service("hello", .write))) != nil
  }

  @Test("a service changes what bears its own name, and nothing else")
  func ownName() {
    #expect(isAllowed(.standard, ["spiffe://weft.internal/service/hello", "localhost"]))
    for other in [
      [], ["hello"], ["spiffe://weft.internal/service/other"], ["spiffe://elsewhere/service/hello"],
      ["spiffe://weft.internal/service/hello/x"], ["spiffe://weft.internal/service/"],
    ] {
      #expect(!isAllowed(.standard, other), "\(other)")
    }
  }

  @Test("an administrator changes anything, and an open registry lets everybody")
  func administrators() {
    #expect(isAllowed(.standard, ["spiffe://weft.internal/service/client"]))
    #expect(!isAllowed(.ownName(administrators: []), ["spiffe://weft.internal/service/client"]))
    #expect(isAllowed(.open, []))
  }

  @Test("holds with real certificates over mutual TLS")
  func overTLS() async throws {
    let directory = try TemporaryDirectory()
    let certificates = CertificateStore(directory: directory.file("certs"))
    _ = try certificates.initialise()
    for name in ["registry", "hello", "client"] {
      _ = try certificates.issue(CertificateIdentity(name: name))
    }
    let live = try await LiveRegistry(
      directory: directory,
      tls: WeftTLS.server(
        certificate: certificates.certificatePath("registry"), key: certificates.keyPath("registry"),
        trustRoots: certificates.authorityPath))
    func channel(_ name: String) throws -> Channel {
      live.channel(
        .tls(
          try WeftTLS.client(
            certificate: certificates.certificatePath(name), key: certificates.keyPath(name),
            trustRoots: certificates.authorityPath), serverIdentity: ServiceIdentity.uri(for: "registry")))
    }
    let (hello, admin) = (try channel("hello"), try channel("client"))
    let client = RegistryClient(channel: hello)
    _ = try await client.register(.sample("hello"))
    #expect(try await client.heartbeat([ServiceInstance.sample("hello").key]) == [])
    for attempt in [
      { _ = try await client.register(.sample("config")) },
      { _ = try await client.heartbeat([InstanceKey(service: "config", id: "1")]) },
      { try await client.deregister(InstanceKey(service: "config", id: "1")) },
    ] as [() async throws -> Void] {
      let error = await #expect(throws: RPCError.self) { try await attempt() }
      #expect(error?.code == .permissionDenied)
      #expect(error?.message.contains("the certificate of hello may not change config") == true)
    }
    // Reading is free.
    #expect(try await client.resolve("config").instances == [])
    try await RegistryClient(channel: admin).deregister(InstanceKey(service: "hello", id: "1"))
    #expect(try await client.resolve("hello").instances == [])
    await hello.shutdown()
    await admin.shutdown()
    await live.server.shutdown(grace: .zero)
  }
}
