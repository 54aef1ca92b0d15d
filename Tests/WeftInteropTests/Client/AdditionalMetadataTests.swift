import NIOCore
import Testing
import WeftRPC

@testable import WeftInterop

@Suite struct AdditionalMetadataTests {
  @Test func pairsAreReadAsGRPCHasThem() throws {
    let metadata = try AdditionalMetadata("Abc-Key:abc value;time:12:30;;x-bin:raw;empty:").metadata
    #expect(metadata.values(for: "abc-key") == ["abc value"])
    #expect(metadata.values(for: "time") == ["12:30"])
    #expect(metadata.binaryValues(for: "x-bin") == [Array("raw".utf8)])
    #expect(metadata.values(for: "empty") == [""])
    #expect(try AdditionalMetadata("").metadata.isEmpty)
  }

  @Test(arguments: ["key", ":value", "a b:c", "ok:1;bad_key:2", "te:trailers", "grpc-timeout:1S", "a:\u{fc}"])
  func anythingElseIsRefusedByName(text: String) {
    let error = #expect(throws: InteropFailure.self) { try AdditionalMetadata(text) }
    let last = text.split(separator: ";").last.map(String.init) ?? ""
    #expect(error?.description.contains("'\(last)'") == true)
  }

  @Test func everyCallCarriesIt() async throws {
    let server = try InteropServer(host: "127.0.0.1", port: 0, identity: nil)
    var options = InteropClient.Options(port: try await server.start())
    options.host = "127.0.0.1"
    options.additionalMetadata = try AdditionalMetadata("x-grpc-test-echo-initial:everywhere")
    let client = try InteropClient(options)
    let unary = try await client.channel.unary(
      Grpc_Testing_TestServiceMethods.emptyCall.untyped, ByteBuffer(), options: CallOptions())
    let streamed = try await Self.streamedMetadata(client)
    await client.shutdown()
    await server.stop()
    #expect(unary.metadata.values(for: "x-grpc-test-echo-initial") == ["everywhere"])
    #expect(streamed.values(for: "x-grpc-test-echo-initial") == ["everywhere"])
  }

  private static func streamedMetadata(_ client: InteropClient) async throws -> Metadata {
    try await client.service.fullDuplexCall { requests, responses -> Metadata in
      try await requests.write(InteropClient.request(1, 1))
      try await requests.finish()
      for try await _ in responses {}
      return try await responses.metadata
    }
  }
}
