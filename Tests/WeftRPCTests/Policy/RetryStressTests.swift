import struct NIOCore.ByteBuffer
import Testing
import WeftHTTP2
import WeftRPC

/// Many calls of every kind against a server that fails whenever it likes: each ends with exactly what it sent.
@Suite struct RetryStressTests {
  /// Fails a third of the calls before or after it has read some of their bytes, and sends the others' back. No
  /// `RPCServer`, whose failed calls would fill the list that other tests look at.
  private struct MoodyPeer: HTTPResponder {
    private static let head: HTTPFields = ["content-type": "application/grpc"]

    func respond(
      to request: HTTPRequestHead, body: HTTPRequestBody, writer: HTTPResponseWriter
    ) async throws {
      let patience = Int.random(in: 0..<3) == 0 ? Int.random(in: 0..<5) : .max
      var parts: [ByteBuffer] = []
      if patience > 0 {
        for try await part in body {
          parts.append(part)
          if parts.count == patience { break }
        }
      }
      if patience < .max {
        var fields = Self.head
        fields.add("grpc-status", "14")
        try await writer.writeHead(status: 200, fields: fields)
        return try await writer.finish()
      }
      try await writer.writeHead(status: 200, fields: Self.head)
      for part in parts { try await writer.write(part) }
      try await writer.finish(trailers: ["grpc-status": "0"])
    }
  }

  private func run(_ method: MethodConfig) async throws {
    var options = ChannelOptions()
    options.retry.throttling = nil
    options.serviceConfig = ServiceConfig(methods: [method])
    try await withPeer(MoodyPeer()) { first in
      try await withPeer(MoodyPeer()) { second in
        try await withChannel("ipv4:127.0.0.1:\(first),127.0.0.1:\(second)", options) { channel in
          try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<40 {
              group.addTask {
                for round in 0..<5 {
                  try await Self.chat(channel, "\(number).\(round)")
                  let said = try await channel.unary(Echo.unary, Text("\(number)")).value
                  #expect(said == "\(number)")
                }
              }
            }
            try await group.waitForAll()
          }
        }
      }
    }
  }

  private static func chat(_ channel: Channel, _ name: String) async throws {
    let sent = (0..<Int.random(in: 0...10)).map { index in
      "\(name) \(index) " + String(repeating: "x", count: Int.random(in: 0...10_000))
    }
    let said = try await channel.bidirectional(Echo.chat) { writer, stream in
      async let replies = stream.reduce(into: [String]()) { $0.append($1.value) }
      do {
        for text in sent { try await writer.write(Text(text)) }
        try await writer.finish()
      } catch is CallEndedEarly {
        // How it ended is what the replies tell.
      }
      return try await replies
    }
    #expect(said == sent)
  }

  @Test func retriedCallsEndWithWhatTheySent() async throws {
    var retry = RetryPolicy()
    retry.maxAttempts = 100
    retry.initialBackoff = .microseconds(100)
    retry.maxBackoff = .milliseconds(5)
    try await run(MethodConfig(retry: retry))
  }

  @Test func hedgedCallsEndWithWhatTheySent() async throws {
    // A sanitizer makes calls slow. Hedged as often as without one, they would cancel so many that nghttp2 takes them for
    // a rapid reset and ends the connection.
    let delay = Duration.milliseconds(sanitizer == nil ? 2 : 30)
    let hedging = HedgingPolicy(maxAttempts: 100, delay: delay, nonFatalStatusCodes: [.unavailable])
    try await run(MethodConfig(hedging: hedging))
  }
}
