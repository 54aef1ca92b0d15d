import Foundation
import NIOCore

@testable import WeftDNS

/// Sockets of the system, which know nothing of the server's libraries. Each wait ends after ten seconds.
enum PlainClient {
  enum Failure: Error { case system(Int32), noAnswer }

  static func udp(_ query: [UInt8], to address: SocketAddress) async throws -> [UInt8] {
    try await blocking {
      try connected(SOCK_DGRAM, address) { socket in
        guard send(socket, query, query.count, 0) == query.count else { throw Failure.system(errno) }
        var answer = [UInt8](repeating: 0, count: 65_535)
        let count = recv(socket, &answer, answer.count, 0)
        guard count > 0 else { throw Failure.noAnswer }
        return Array(answer[..<count])
      }
    }
  }

  /// Sends bytes, and reads until the server closes or so many messages have come.
  static func tcp(_ bytes: [UInt8], messages: Int, to address: SocketAddress) async throws -> [[UInt8]] {
    try await blocking {
      try connected(SOCK_STREAM, address) { socket in
        guard send(socket, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count else {
          throw Failure.system(errno)
        }
        var received: [UInt8] = []
        var found: [[UInt8]] = []
        while found.count < messages {
          var part = [UInt8](repeating: 0, count: 65_535)
          let count = recv(socket, &part, part.count, 0)
          guard count > 0 else { break }
          received += part[..<count]
          while received.count >= 2 {
            let length = Int(received[0]) << 8 | Int(received[1])
            guard received.count >= 2 + length else { break }
            found.append(Array(received[2..<(2 + length)]))
            received.removeFirst(2 + length)
          }
        }
        return found
      }
    }
  }

  private static func connected<T>(
    _ type: __socket_type, _ address: SocketAddress, _ body: (Int32) throws -> T
  ) throws -> T {
    let socket = socket(AF_INET, Int32(type.rawValue), 0)
    guard socket >= 0 else { throw Failure.system(errno) }
    defer { close(socket) }
    var limit = timeval(tv_sec: 10, tv_usec: 0)
    setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    // Little room, so that the server meets its own limits soon.
    var room: Int32 = 4_096
    setsockopt(socket, SOL_SOCKET, SO_RCVBUF, &room, socklen_t(MemoryLayout<Int32>.size))
    guard case .v4(let v4) = address else { throw Failure.noAnswer }
    var target = v4.address
    let status = withUnsafePointer(to: &target) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard status == 0 else { throw Failure.system(errno) }
    return try body(socket)
  }

  private static func blocking<T: Sendable>(_ body: @escaping @Sendable () throws -> T) async throws -> T {
    try await withCheckedThrowingContinuation { continuation in
      DispatchQueue.global().async { continuation.resume(with: Result { try body() }) }
    }
  }
}
