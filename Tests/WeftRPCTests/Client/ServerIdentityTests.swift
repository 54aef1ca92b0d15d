import Foundation
import Testing
import WeftCertificates
import WeftHTTP2

@testable import WeftRPC

/// Whom a channel believes.
@Suite struct ServerIdentityTests {
  private func call(endpoint identity: String?, channel expected: String?) async throws -> RPCError? {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("weft-" + UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: folder) }
    let store = CertificateStore(directory: folder.path)
    for name in ["server", "client"] { try store.issue(CertificateIdentity(name: name)) }
    let server = try WeftTLS.server(
      certificate: store.certificatePath("server"), key: store.keyPath("server"),
      trustRoots: store.authorityPath)
    let client = try WeftTLS.client(
      certificate: store.certificatePath("client"), key: store.keyPath("client"),
      trustRoots: store.authorityPath)
    return try await withServer(configuration: RPCServerConfiguration(tls: server)) { _, port in
      var options = ChannelOptions(tls: .tls(client, serverIdentity: expected))
      options.resolvers["test"] = Fixed(
        endpoint: Endpoint(host: "127.0.0.1", port: port, serverIdentity: identity))
      return try await withChannel("test:///x", options) { channel in
        await rpcError { _ = try await channel.unary(Echo.unary, Text("x")) }
      }
    }
  }

  private struct Fixed: Resolver {
    let endpoint: Endpoint

    func resolve(_ request: ResolverRequest) -> AsyncStream<Resolution> {
      AsyncStream { $0.yield(.endpoints([endpoint])) }
    }
  }

  private static let right = "spiffe://weft.internal/service/server"
  private static let wrong = "spiffe://weft.internal/service/other"

  @Test func serverWithTheExpectedIdentityIsBelieved() async throws {
    #expect(try await call(endpoint: nil, channel: nil)?.message == nil)
    #expect(try await call(endpoint: nil, channel: Self.right)?.message == nil)
    // The address knows better than the channel.
    #expect(try await call(endpoint: Self.right, channel: Self.wrong)?.message == nil)
  }

  @Test func serverWithAnotherIdentityIsUnavailableAndNamed() async throws {
    for (endpoint, channel) in [(Self.wrong, nil), (nil, Self.wrong), (Self.wrong, Self.right)] {
      let error = try await call(endpoint: endpoint, channel: channel)
      #expect(error?.code == .unavailable)
      #expect(error?.message.contains(Self.wrong) == true)
      #expect(error?.message.contains(Self.right) == true)
    }
  }
}
