import Dispatch
import Logging
import NIOPosix
import Testing

@testable import WeftHTTP2

@Suite struct ConnectionInfoTests {
  @Test func anOpenConnectionIsTold() async throws {
    try await withHTTPServer(echo) { server, port in
      let client = try await RawClient.connect(
        port: port, first: Array("GET / HTTP/1.1\r\nhost: a\r\n\r\n".utf8))
      _ = try await client.receive { !$0.isEmpty }
      let connections = await server.connections()
      #expect(connections.count == 1)
      #expect(connections.first?.version == .http1)
      #expect(connections.first?.peer?.remoteAddress.hasPrefix("127.0.0.1:") == true)
      client.close()
    }
  }

  @Test func aBlockedLoopIsNotWaitedFor() async throws {
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let server = HTTPServer(
      configuration: HTTPServerConfiguration(port: 0), responder: ClosureResponder(closure: echo),
      group: group,
      logger: Logger(label: "test"))
    let port = try #require(try await server.start().port)
    let client = try await RawClient.connect(
      port: port, first: Array("GET / HTTP/1.1\r\nhost: a\r\n\r\n".utf8))
    _ = try await client.receive { !$0.isEmpty }
    let blocked = DispatchSemaphore(value: 0)
    group.next().execute { blocked.wait() }
    #expect(await server.connections(patience: .milliseconds(50)).isEmpty)
    #expect(server.connectionCount == 1)
    blocked.signal()
    #expect(await server.connections(patience: .seconds(60)).count == 1)
    client.close()
    await server.shutdown(grace: .zero)
    try await group.shutdownGracefully()
  }

  @Test func answersComeInOrderAndThoseOfClosedConnectionsAreLeftOut() async {
    let answers = ConnectionAnswers(expected: 3)
    for (index, streams) in [(2, 20), (0, 10)] {
      answers.add(HTTPConnectionInfo(age: .zero, openStreams: streams, totalStreams: 0), at: index)
    }
    answers.add(nil, at: 1)
    #expect(await answers.all(within: .seconds(60)).map(\.openStreams) == [10, 20])
    #expect(await ConnectionAnswers(expected: 0).all(within: .seconds(60)).isEmpty)
    #expect(await ConnectionAnswers(expected: 1).all(within: .zero).isEmpty)
  }
}
