import Testing
import WeftCertificates

@Suite struct CertificateIdentityTests {
  @Test(arguments: ["config", "a", "x-1", String(repeating: "a", count: 63)])
  func labelsAreNames(name: String) throws {
    #expect(try CertificateIdentity(name: name).uri == "spiffe://weft.internal/service/\(name)")
  }

  @Test(
    arguments: [
      "", "Config", "a b", "../ca", "a/b", "-a", "a-", "é", "a.b", "a\0", String(repeating: "a", count: 64),
      "ca",
      "config-key",
    ])
  func anythingElseIsRefused(name: String) {
    #expect(throws: CertificateError.self) { try CertificateIdentity(name: name) }
  }
}
