import Foundation
import Testing

@testable import WeftCertificates

@Suite struct CertificateStoreTests {
  let directory: TemporaryDirectory
  let store: CertificateStore

  init() throws {
    directory = try TemporaryDirectory()
    store = CertificateStore(directory: directory.path)
  }

  @Test(arguments: ["sslserver", "sslclient"])
  func opensslAcceptsALeafForBothEnds(purpose: String) throws {
    try store.issue(CertificateIdentity(name: "config"))
    let result = try OpenSSL.run(
      "verify", "-x509_strict", "-CAfile", store.authorityPath, "-purpose", purpose,
      store.certificatePath("config"))
    #expect(result.status == 0, "\(result.output)")
  }

  @Test(arguments: ["localhost", "config", "config.weft.internal"])
  func opensslFindsTheHostName(name: String) throws {
    try store.issue(CertificateIdentity(name: "config"))
    let result = try OpenSSL.run(
      "verify", "-CAfile", store.authorityPath, "-verify_hostname", name, store.certificatePath("config"))
    #expect(result.status == 0, "\(result.output)")
  }

  @Test(arguments: ["127.0.0.1", "::1"])
  func opensslFindsTheLoopbackAddress(address: String) throws {
    try store.issue(CertificateIdentity(name: "config"))
    let result = try OpenSSL.run(
      "verify", "-CAfile", store.authorityPath, "-verify_ip", address, store.certificatePath("config"))
    #expect(result.status == 0, "\(result.output)")
  }

  @Test func aLeafCarriesTheIdentityAndAP256Key() throws {
    try store.issue(CertificateIdentity(name: "config"))
    let text = try OpenSSL.run("x509", "-in", store.certificatePath("config"), "-noout", "-text").output
    #expect(text.contains("URI:spiffe://weft.internal/service/config"))
    #expect(text.contains("NIST CURVE: P-256"))
    #expect(text.contains("CA:FALSE"))
  }

  @Test func theKeyBelongsToTheCertificate() throws {
    try store.issue(CertificateIdentity(name: "config"))
    let fromKey = try OpenSSL.run("pkey", "-in", store.keyPath("config"), "-pubout").output
    let fromCertificate = try OpenSSL.run("x509", "-in", store.certificatePath("config"), "-noout", "-pubkey")
      .output
    #expect(fromKey.contains("BEGIN PUBLIC KEY"))
    #expect(fromKey == fromCertificate)
  }

  @Test func onlyTheOwnerReadsKeys() throws {
    try store.issue(CertificateIdentity(name: "config"))
    for name in ["ca", "config"] {
      let attributes = try FileManager.default.attributesOfItem(atPath: store.keyPath(name))
      #expect(attributes[.posixPermissions] as? NSNumber == 0o600)
    }
  }

  @Test func askingTwiceKeepsTheCertificate() throws {
    let identity = try CertificateIdentity(name: "config")
    #expect(try store.issue(identity) == .made)
    let first = try String(contentsOfFile: store.certificatePath("config"), encoding: .utf8)
    #expect(try store.issue(identity) == .kept)
    #expect(try String(contentsOfFile: store.certificatePath("config"), encoding: .utf8) == first)
    #expect(try store.initialise() == .kept)
  }

  @Test func anExpiredLeafIsRefusedByOpensslAndReplaced() throws {
    let identity = try CertificateIdentity(name: "config")
    try store.issue(identity, now: Date() - 2 * 365 * 86_400)
    let expired = try OpenSSL.run("verify", "-CAfile", store.authorityPath, store.certificatePath("config"))
    #expect(expired.output.contains("certificate has expired"))

    #expect(try store.issue(identity) == .replaced(reason: "it has expired"))
    let renewed = try OpenSSL.run("verify", "-CAfile", store.authorityPath, store.certificatePath("config"))
    #expect(renewed.status == 0, "\(renewed.output)")
  }

  @Test func aLeafNearItsEndIsReplaced() throws {
    let identity = try CertificateIdentity(name: "config")
    try store.issue(identity, now: Date() - 340 * 86_400)
    #expect(try store.issue(identity) == .replaced(reason: "it expires soon"))
  }

  @Test func aLeafOfAnotherAuthorityIsReplaced() throws {
    let identity = try CertificateIdentity(name: "config")
    try store.issue(identity)
    try FileManager.default.removeItem(atPath: store.authorityPath)
    try FileManager.default.removeItem(atPath: store.keyPath("ca"))
    try store.initialise()
    let foreign = try OpenSSL.run("verify", "-CAfile", store.authorityPath, store.certificatePath("config"))
    #expect(foreign.status != 0)
    #expect(try store.issue(identity) == .replaced(reason: "it was signed by another authority"))
  }

  @Test func aLeafWithOtherNamesIsReplaced() throws {
    try store.issue(CertificateIdentity(name: "vector"))
    try FileManager.default.copyItem(
      atPath: store.certificatePath("vector"), toPath: store.certificatePath("config"))
    try FileManager.default.copyItem(atPath: store.keyPath("vector"), toPath: store.keyPath("config"))
    #expect(
      try store.issue(CertificateIdentity(name: "config")) == .replaced(reason: "its names have changed"))
  }

  @Test func aKeyThatDoesNotFitIsReplacedWithItsCertificate() throws {
    try store.issue(CertificateIdentity(name: "vector"))
    try store.issue(CertificateIdentity(name: "config"))
    try FileManager.default.removeItem(atPath: store.keyPath("config"))
    try FileManager.default.copyItem(atPath: store.keyPath("vector"), toPath: store.keyPath("config"))
    let outcome = try store.issue(CertificateIdentity(name: "config"))
    #expect(outcome == .replaced(reason: "the key belongs to another certificate"))
  }

  @Test(arguments: ["", "-----BEGIN CERTIFICATE-----\n", "garbage"])
  func aBrokenLeafIsReplaced(text: String) throws {
    try store.issue(CertificateIdentity(name: "config"))
    try Data(text.utf8).write(to: URL(fileURLWithPath: store.certificatePath("config")))
    let outcome = try store.issue(CertificateIdentity(name: "config"))
    #expect(outcome == .replaced(reason: "the certificate is not a PEM certificate"))
  }

  @Test func aBrokenAuthorityIsNeverReplacedSilently() throws {
    try store.initialise()
    try Data("garbage".utf8).write(to: URL(fileURLWithPath: store.authorityPath))
    let error = #expect(throws: CertificateError.self) {
      try store.issue(CertificateIdentity(name: "config"))
    }
    #expect(error?.description.contains("ca.pem") == true)
  }

  @Test func summariesListTheAuthorityFirstAndTellTheState() throws {
    try store.issue(CertificateIdentity(name: "config"))
    try store.issue(CertificateIdentity(name: "agent"), now: Date() - 2 * 365 * 86_400)
    try Data("garbage".utf8).write(to: URL(fileURLWithPath: store.certificatePath("zoo")))
    let summaries = try store.summaries()
    #expect(summaries.map(\.name) == ["ca", "agent", "config", "zoo"])
    #expect(summaries.map(\.state) == [.valid, .expired, .valid, .unreadable("not a PEM certificate")])
    #expect(summaries[2].identity == "spiffe://weft.internal/service/config")
  }

  @Test func manyAtOnceAgreeOnOneAuthority() async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      for index in 0..<8 {
        group.addTask { [store] in _ = try store.issue(CertificateIdentity(name: "service-\(index)")) }
      }
      try await group.waitForAll()
    }
    for index in 0..<8 {
      let result = try OpenSSL.run(
        "verify", "-CAfile", store.authorityPath, store.certificatePath("service-\(index)"))
      #expect(result.status == 0, "\(result.output)")
    }
  }
}
