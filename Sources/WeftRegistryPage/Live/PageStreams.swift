import NIOCore
import Synchronization
import WeftHTTP2
import WeftProtobuf

/// Views that are being followed, as server-sent events (the WHATWG HTML standard, section 9.2).
final class PageStreams: Sendable {
  private let open = Mutex(0)
  private let limit: Int
  /// Silence after which a comment shows both ends that the other is there.
  private let idle: Duration
  /// The least time between two events of a stream: what changes within it is told at once.
  private let pause: Duration

  init(limit: Int = 256, idle: Duration = .seconds(15), pause: Duration = .milliseconds(200)) {
    self.limit = limit
    self.idle = idle
    self.pause = pause
  }

  /// Sends a view now and whenever it has changed, until the visitor goes or may no longer see it.
  func follow(
    _ view: PageView, of source: any PageSource, for visitor: PageVisitor, _ writer: HTTPResponseWriter
  ) async throws(PageProblem) {
    // The first look decides whether there is a stream at all.
    let content = try source.content(of: view, for: visitor)
    let isAdmitted = open.withLock { open in
      guard open < limit else { return false }
      open += 1
      return true
    }
    guard isAdmitted else {
      throw PageProblem(status: 503, "\(limit) pages already follow this registry; close one of them")
    }
    defer { open.withLock { $0 -= 1 } }
    do {
      var fields = RegistryPage.fields(type: "text/event-stream", cache: "no-store")
      // For proxies that would otherwise collect a part of the stream first.
      fields.add("x-accel-buffering", "no")
      try await writer.writeHead(status: 200, fields: fields)
      try await send(view, content, of: source, for: visitor, writer)
    } catch {
      // The visitor went.
    }
  }

  private func send(
    _ view: PageView, _ first: PageContent, of source: any PageSource, for visitor: PageVisitor,
    _ writer: HTTPResponseWriter
  ) async throws {
    var content = first
    try await writer.write(Self.event(content))
    while true {
      guard await source.wait(for: view, after: content.index, timeout: idle) else {
        return try await writer.finish()
      }
      try Task.checkCancellation()
      do throws(PageProblem) {
        let next = try source.content(of: view, for: visitor)
        // Not the index alone: the output of a check changes without one.
        if next == content {
          try await Self.sending { try await writer.write(ByteBuffer(string: ": still here\n\n")) }
        } else {
          content = next
          try await Self.sending { [content] in try await writer.write(Self.event(content)) }
        }
      } catch {
        if error.status == 0 { return }
        try await writer.write(Self.event(error))
        return try await writer.finish()
      }
      try await Task.sleep(for: pause)
    }
  }

  /// Makes a visitor's going a problem without a status, which ends the stream in silence.
  private static func sending(_ body: () async throws -> Void) async throws(PageProblem) {
    do { try await body() } catch { throw PageProblem(status: 0, "") }
  }

  private static func event(_ content: PageContent) -> ByteBuffer {
    event("state", id: content.index, content.json)
  }

  private static func event(_ problem: PageProblem) -> ByteBuffer {
    event(
      "problem", id: nil,
      .object([("status", .int(problem.status)), ("message", .string(problem.message))]))
  }

  private static func event(_ name: String, id: UInt64?, _ json: JSONTree) -> ByteBuffer {
    var buffer = ByteBuffer(string: "event: \(name)\n")
    if let id { buffer.writeString("id: \(id)\n") }
    buffer.writeString("data: ")
    buffer.writeBytes(json.bytes(escaping: .markup))
    buffer.writeString("\n\n")
    return buffer
  }
}
