import Testing

@testable import WeftConfigService

@Suite struct AuthorTests {
  static let gateway = "spiffe://weft.internal/service/gateway"
  static let client = "spiffe://weft.internal/service/client"

  @Test func theCertificateNamesTheAuthor() {
    #expect(Author.author(identities: [Self.client], claim: nil) == Self.client)
  }

  @Test func onlyTheGatewayMaySpeakForOthers() {
    #expect(Author.author(identities: [Self.gateway], claim: "ada") == "ada")
    #expect(Author.author(identities: [Self.client], claim: "ada") == Self.client)
    #expect(Author.author(identities: [], claim: "ada") == "anonymous")
  }

  @Test(arguments: [nil, "", String(repeating: "x", count: 257), "a\0b", "\u{1B}[31m"])
  func aGatewayThatSaysNothingUsableIsTheAuthorItself(claim: String?) {
    #expect(Author.author(identities: [Self.gateway], claim: claim) == Self.gateway)
  }
}
