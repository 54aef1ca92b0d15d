import Foundation
import Logging
import NIOCore
import NIOPosix
import Testing
import WeftHTTP2

@testable import WeftRegistryPage

/// What came back: the head's first line and fields, and the body as it came.
struct PageAnswer {
  var status: Int
  var fields: [String: String]
  var body: String
}

/// Asks a page that is served on a port, over a socket of the system. Each wait ends after ten seconds.
struct PageClient {
  let port: Int

  struct NoAnswer: Error {}

  /// - Parameter end: what to read up to; nil reads until the server closes.
  func ask(
    _ method: String, _ target: String, _ fields: [String: String] = [:], body: String = "",
    until end: String? = nil
  ) async throws -> PageAnswer {
    var head = "\(method) \(target) HTTP/1.1\r\nhost: localhost\r\ncontent-length: \(body.utf8.count)\r\n"
    if end == nil { head += "connection: close\r\n" }
    for (name, value) in fields { head += "\(name): \(value)\r\n" }
    return try Self.parse(try await exchange(head + "\r\n" + body, until: end))
  }

  private func exchange(_ text: String, until end: String?) async throws -> String {
    try await withCheckedThrowingContinuation { continuation in
      DispatchQueue.global().async { [port] in
        continuation.resume(with: Result { try Self.exchange(text, port: port, until: end) })
      }
    }
  }

  private static func exchange(_ text: String, port: Int, until end: String?) throws -> String {
    let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(socket) }
    var limit = timeval(tv_sec: 10, tv_usec: 0)
    setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let status = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard status == 0 else { throw NoAnswer() }
    let bytes = Array(text.utf8)
    // A server that refuses early may have closed before all is written.
    _ = send(socket, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    var received: [UInt8] = []
    while true {
      if let end, String(decoding: received, as: UTF8.self).contains(end) { break }
      var part = [UInt8](repeating: 0, count: 65_536)
      let count = recv(socket, &part, part.count, 0)
      guard count > 0 else { break }
      received += part[..<count]
    }
    return String(decoding: received, as: UTF8.self)
  }

  private static func parse(_ text: String) throws -> PageAnswer {
    guard let split = text.range(of: "\r\n\r\n") else { throw NoAnswer() }
    let lines = text[..<split.lowerBound].components(separatedBy: "\r\n")
    var fields: [String: String] = [:]
    for line in lines.dropFirst() {
      let parts = line.split(separator: ":", maxSplits: 1)
      if parts.count == 2 { fields[parts[0].lowercased()] = parts[1].trimmingCharacters(in: .whitespaces) }
    }
    let words = lines.first?.split(separator: " ") ?? []
    guard words.count > 1, let status = Int(words[1]) else { throw NoAnswer() }
    return PageAnswer(status: status, fields: fields, body: String(text[split.upperBound...]))
  }
}

/// Serves a page on a free port while `body` runs.
func withPage(
  _ source: SampleSource = SampleSource(), streams: PageStreams = PageStreams(pause: .zero),
  _ body: (PageClient, SampleSource) async throws -> Void
) async throws {
  let server = HTTPServer(
    configuration: HTTPServerConfiguration(port: 0),
    responder: RegistryPage(source: source, streams: streams), group: MultiThreadedEventLoopGroup.singleton,
    logger: .silent)
  let port = try #require(try await server.start().port)
  do { try await body(PageClient(port: port), source) } catch {
    await server.shutdown(grace: .zero)
    throw error
  }
  await server.shutdown(grace: .zero)
}
