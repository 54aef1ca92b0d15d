import Testing
import WeftInterop

/// Our own client against our own server; `scripts/interop` runs both against gRPC's.
@Suite struct InteropCaseTests {
  @Test(arguments: InteropCase.allCases.filter { !$0.needsMisbehavingServer })
  func casePasses(_ testCase: InteropCase) async throws {
    let server = try InteropServer(host: "127.0.0.1", port: 0, identity: nil)
    let port = try await server.start()
    var options = InteropClient.Options(port: port)
    options.host = "127.0.0.1"
    // A busy machine makes no case fail.
    options.soak.maxLatency = .seconds(60)
    let client = try InteropClient(options)
    let result = await Result { try await client.run(testCase) }
    await client.shutdown()
    await server.stop()
    try result.get()
  }

  /// A case must be able to fail.
  @Test(arguments: [
    InteropCase.emptyUnary, .largeUnary, .serverStreaming, .pingPong, .customMetadata, .rpcSoak,
  ])
  func caseFailsWithoutAServer(_ testCase: InteropCase) async throws {
    var options = InteropClient.Options(port: 1)
    options.host = "127.0.0.1"
    let client = try InteropClient(options)
    await #expect(throws: (any Error).self) { try await client.run(testCase) }
    await client.shutdown()
  }
}

extension Result where Failure == any Error {
  init(_ body: () async throws -> Success) async {
    do { self = .success(try await body()) } catch { self = .failure(error) }
  }
}
