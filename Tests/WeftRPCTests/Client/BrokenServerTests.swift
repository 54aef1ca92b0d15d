import Testing
import WeftRPC

/// Servers that break HTTP/2, or end a call or a connection: the error says who did what, and where.
@Suite struct BrokenServerTests {
  /// The error of a call to a server that answers so, and the server's address.
  private func error(
    greeting: [UInt8] = BrokenPeer.frame(4), _ answer: @escaping @Sendable (UInt32) -> [UInt8]?
  ) async throws -> (error: RPCError?, address: String) {
    let peer = try await BrokenPeer(greeting: greeting, answer)
    let error = try await withChannel("ipv4:127.0.0.1:\(peer.port)") { channel in
      await rpcError { _ = try await channel.unary(Echo.unary, Text("x")) }
    }
    await peer.close()
    return (error, "127.0.0.1:\(peer.port)")
  }

  @Test func connectionThatTheClientEndsIsNotSaidToBeClosedByTheServer() async throws {
    let (error, address) = try await error { _ in BrokenPeer.frame(0, stream: 0, [1]) }
    #expect(error?.code == .unavailable)
    let message = error?.message ?? ""
    #expect(message.hasPrefix("the connection to \(address) ended during the call: "), "\(message)")
    #expect(message.contains("the server broke HTTP/2 (PROTOCOL_ERROR: DATA: stream_id == 0)"), "\(message)")
    #expect(message.hasSuffix("so the client ended the connection"), "\(message)")
  }

  @Test func floodIsNamedAsTheReason() async throws {
    let ping = BrokenPeer.frame(6, flags: 1, [UInt8](repeating: 0, count: 8))
    let flood = [[UInt8]](repeating: ping, count: 5_000).flatMap { $0 }
    let (error, _) = try await error { _ in flood }
    #expect(error?.code == .unavailable)
    #expect(
      error?.message.contains("(ENHANCE_YOUR_CALM: too many frames that carry nothing)") == true,
      "\(error?.message ?? "")")
  }

  @Test func callThatTheClientResetsIsNotSaidToBeResetByTheServer() async throws {
    let (error, address) = try await error { stream in
      BrokenPeer.head(stream: stream, [":status": "200", "UPPER": "a"])
    }
    #expect(error?.code == .internalError)
    let message = error?.message ?? ""
    #expect(message.hasPrefix("\(address) broke HTTP/2 in its answer (PROTOCOL_ERROR: "), "\(message)")
    #expect(message.contains("name: [UPPER]"), "\(message)")
    #expect(message.hasSuffix("so the client reset the call"), "\(message)")
  }

  @Test(arguments: [
    (11, "ENHANCE_YOUR_CALM", StatusCode.resourceExhausted), (10, "CONNECT_ERROR", .internalError),
  ])
  func callThatTheServerResetsIsSaidToBe(_ code: Int, _ name: String, _ status: StatusCode) async throws {
    let (error, address) = try await error { stream in
      BrokenPeer.frame(3, stream: stream, BrokenPeer.number(UInt32(code)))
    }
    #expect(error?.code == status)
    #expect(error?.message == "\(address) reset the call with HTTP/2 \(name)")
  }

  @Test func goAwayIsTheReasonWhyACallWasNotTaken() async throws {
    let (error, address) = try await error { _ in
      BrokenPeer.frame(7, BrokenPeer.number(0) + BrokenPeer.number(0) + Array("full".utf8))
    }
    #expect(error?.code == .unavailable)
    let message = error?.message ?? ""
    #expect(message.contains(address), "\(message)")
    #expect(message.contains("the server sent GOAWAY NO_ERROR (full)"), "\(message)")
    #expect(message.contains("attempt"), "\(message)")
  }

  @Test func whatTheServerWritesCannotCommandATerminal() async throws {
    let (error, _) = try await error { _ in
      BrokenPeer.frame(7, BrokenPeer.number(0) + BrokenPeer.number(2) + Array("a\u{1b}[2J\nb".utf8))
    }
    #expect(error?.message.contains("(a?[2J?b)") == true, "\(error?.message ?? "")")
  }

  @Test func connectionThatTheServerClosesIsSaidToBe() async throws {
    let (error, address) = try await error { _ in nil }
    #expect(error?.code == .unavailable)
    #expect(error?.message == "the connection to \(address) ended during the call: the server closed it")
  }

  @Test func serverWithoutHTTP2IsToldApart() async throws {
    let (error, address) = try await error(greeting: Array("HTTP/1.1 400 Bad Request\r\n\r\n".utf8)) { _ in
      nil
    }
    #expect(error?.code == .unavailable)
    let message = error?.message ?? ""
    #expect(message.contains("\(address): the server does not answer in HTTP/2"), "\(message)")
    #expect(message.contains("1 attempt"), "\(message)")
  }
}
