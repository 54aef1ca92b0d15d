import NIOCore
import WeftHTTP2

/// Reads request bodies within the limits of size and time.
struct BodyReader: Sendable {
  let patience: Duration

  func read(_ request: HTTPRequestHead, _ body: HTTPRequestBody, upTo limit: Int) async throws -> ByteBuffer {
    if let length = request.fields["content-length"].flatMap({ Int($0) }) {
      if length > limit { throw Self.tooLarge(length, limit) }
      if length == 0 { return ByteBuffer() }
    } else if request.version == .http1, !request.fields.contains("transfer-encoding") {
      return ByteBuffer()
    }
    if let content = body.takeIfComplete() {
      if content.readableBytes > limit { throw Self.tooLarge(content.readableBytes, limit) }
      return content
    }
    return try await withThrowingTaskGroup(of: ByteBuffer?.self) { group in
      group.addTask {
        do {
          return try await body.collect(upTo: limit)
        } catch is HTTPBodyTooLarge {
          throw Self.tooLarge(nil, limit)
        }
      }
      group.addTask {
        try await Task.sleep(for: patience)
        return nil
      }
      defer { group.cancelAll() }
      guard let first = try await group.next(), let content = first else {
        throw ConsulError(408, "The body did not come within \(patience)")
      }
      return content
    }
  }

  private static func tooLarge(_ size: Int?, _ limit: Int) -> ConsulError {
    let size = size.map { "(\($0) bytes) " } ?? " "
    return ConsulError(413, "Request body\(size)too large, max size: \(limit) bytes.")
  }
}
