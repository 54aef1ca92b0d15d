import Logging
import NIOPosix
import Testing
import WeftHTTP2

@testable import WeftRPC

/// One list of servers, which `/debug` and channelz read.
@Suite struct EntityRegistryTests {
  private let entities = EntityRegistry()

  private func makeServer() -> HTTPServer {
    HTTPServer(
      configuration: HTTPServerConfiguration(port: 0), responder: FixedResponder(),
      group: MultiThreadedEventLoopGroup.singleton, logger: Logger(label: "test"))
  }

  @Test func aServerIsListedByNameUntilItIsRemoved() async throws {
    let server = makeServer()
    let address = try await server.start()
    entities.add(server, named: "gateway")
    let listed = try #require(entities.server(server.id))
    #expect(listed.name == "gateway")
    #expect(listed.trace.snapshot.events.first?.text.contains("\(address.port ?? 0)") == true)
    #expect(entities.servers.map(\.id) == [server.id])
    guard case .listener(let found) = entities.socket(server.listenerID) else {
      Issue.record("the listening socket is not found")
      return
    }
    #expect(found.id == server.id)
    entities.remove(server)
    #expect(entities.servers.isEmpty)
    await server.shutdown(grace: .zero)
  }

  @Test func aServerThatWasGivenUpIsForgotten() async {
    var server: HTTPServer? = makeServer()
    if let server { entities.add(server, named: "x") }
    server = nil
    #expect(entities.connectionCount == 0)
    #expect(entities.servers.isEmpty)
    #expect(await entities.connections().isEmpty)
  }
}
