import NIOCore
import NIOHTTP1
import Synchronization
import Testing
import WeftRPC

@testable import WeftGateway

@Suite("Streams")
struct StreamingTests {
  private static let events: HTTPHeaders = ["accept": "text/event-stream"]

  @Test("come as lines of JSON")
  func lines() async throws {
    try await TestGateway.withEcho { client in
      let answer = try await client.get("/v1/repeat/3?text=%E4%BD%A0")
      #expect(answer.status == 200 && answer.headers.first(name: "content-type") == "application/x-ndjson")
      let lines = answer.body.split(separator: "\n")
      #expect(lines.count == 3)
      #expect(
        lines.allSatisfy { $0.hasPrefix(#"{"text":"你","count":3,"#) && $0.hasSuffix("}") }, "\(answer.body)")
    }
  }

  @Test("come as server-sent events when the client wants them")
  func serverSentEvents() async throws {
    try await TestGateway.withEcho { client in
      let answer = try await client.get("/v1/repeat/2", headers: Self.events)
      #expect(answer.headers.first(name: "content-type") == "text/event-stream; charset=utf-8")
      let events = answer.body.components(separatedBy: "\n\n")
      #expect(events.count == 4)
      #expect(events[0].hasPrefix("id: 1\nevent: message\ndata: {\"text\":"))
      #expect(events[1].hasPrefix("id: 2\n"))
      #expect(events[2] == "event: end\ndata: {}" && events[3].isEmpty)
    }
  }

  @Test("without messages are empty and whole")
  func empty() async throws {
    try await TestGateway.withEcho { client in
      let lines = try await client.get("/v1/repeat/0")
      #expect(lines.status == 200 && lines.body.isEmpty)
      let events = try await client.get("/v1/repeat/0", headers: Self.events)
      #expect(events.body == "event: end\ndata: {}\n\n")
    }
  }

  @Test("that fail before their first message are an error with its own status")
  func failsAtOnce() async throws {
    try await TestGateway.withEcho { client in
      let answer = try await client.get("/v1/repeat/x", headers: Self.events)
      #expect(answer.status == 400 && answer.headers.first(name: "content-type") == "application/json")
      let refused = try await client.get("/v1/repeat/1", headers: ["accept": "text/html"])
      #expect(refused.status == 406 && refused.body.contains("application/x-ndjson"))
    }
  }

  @Test("that fail later say so at their end")
  func failsLater() async throws {
    try await TestGateway.withEcho { client in
      let lines = try await client.get("/v1/fail-later/9").body.split(separator: "\n")
      #expect(lines.count == 2)
      #expect(
        lines.last?.hasPrefix(#"{"error":{"code":9,"message":"as you like: 如你所愿","details":[{"@type""#)
          == true)
      let events = try await client.get("/v1/fail-later/9", headers: Self.events).body
      #expect(
        events.contains("\n\nevent: error\ndata: {\"code\":9,") && !events.contains("event: end"), "\(events)"
      )
    }
  }

  @Test("give their first message at once, while the call goes on")
  func firstMessage() async throws {
    try await TestGateway.withEcho { client in
      try await client.open("GET", "/v1/hang/1") { head, parts in
        #expect(head.status == .ok)
        let part = try await parts().map { String(buffer: $0) }
        #expect(part?.hasPrefix(#"{"text":"","count":1"#) == true)
      }
    }
  }

  @Test("open although they have nothing to say yet, and are kept alive")
  func quiet() async throws {
    try await TestGateway.withEcho({
      $0.streamHeadDelay = .milliseconds(10)
      $0.keepAliveInterval = .milliseconds(10)
    }) { client in
      try await client.open("GET", "/v1/hang/0", headers: Self.events) { head, parts in
        #expect(head.status == .ok)
        for _ in 0..<3 {
          let part = try await parts().map { String(buffer: $0) }
          #expect(part?.contains(": still here\n\n") == true)
        }
      }
    }
  }

  @Test("end the call when their client goes away")
  func disconnect() async throws {
    let (cancellations, cancelled) = AsyncStream.makeStream(of: Void.self)
    try await TestGateway.withEcho(service: EchoService(cancelled: { cancelled.yield() })) { client in
      try await client.open("GET", "/v1/hang/1") { _, parts in _ = try await parts() }
      for await _ in cancellations { break }
    }
  }

  @Test("go no faster than their client reads")
  func backPressure() async throws {
    let written = Mutex(0)
    let text = String(repeating: "x", count: 100_000)
    try await TestGateway.withEcho(service: EchoService(wrote: { written.withLock { $0 += 1 } })) { client in
      try await client.open(
        "POST", "/test.everything.v1.EchoService/Repeat", body: #"{"count":2000,"text":"\#(text)"}"#
      ) {
        head, parts in
        #expect(head.status == .ok)
        var read = 0
        while let part = try await parts() {
          read += part.readableBytes
          let ahead = written.withLock { $0 } * text.utf8.count - read
          // Windows, socket buffers and what the client has read ahead.
          try #require(ahead < 32 << 20, "the service is \(ahead) bytes ahead of its client")
        }
      }
    }
  }
}

extension String {
  fileprivate func components(separatedBy separator: String) -> [String] {
    var parts: [String] = []
    var rest = self[...]
    while let range = rest.firstRange(of: separator) {
      parts.append(String(rest[..<range.lowerBound]))
      rest = rest[range.upperBound...]
    }
    return parts + [String(rest)]
  }
}
