import NIOCore
import WeftHTTP2
import WeftRPC

/// Reads request bodies within the limits of size, time and memory.
struct BodyReader: Sendable {
  let limit: Int
  let timeout: Duration
  let budget: BodyBudget

  /// Hands the whole body to `use`; its share of the memory is taken for as long as that runs.
  func withBody<R>(
    of request: HTTPRequestHead, _ body: HTTPRequestBody, _ use: (ByteBuffer) async throws -> R
  ) async throws -> R {
    let content = try await read(request, body)
    defer { budget.giveBack(content.readableBytes) }
    return try await use(content)
  }

  private func read(_ request: HTTPRequestHead, _ body: HTTPRequestBody) async throws -> ByteBuffer {
    if let length = request.fields["content-length"].flatMap({ Int($0) }) {
      if length > limit { throw GatewayError.bodyTooLarge(limit: limit) }
      if length == 0 { return ByteBuffer() }
    } else if request.version == .http1, !request.fields.contains("transfer-encoding") {
      return ByteBuffer()
    }
    if let content = body.takeIfComplete() { return try admit(content) }
    return try await withThrowingTaskGroup(of: ByteBuffer?.self) { group in
      group.addTask { try await collect(body) }
      group.addTask {
        try await Task.sleep(for: timeout)
        return nil
      }
      defer { group.cancelAll() }
      guard let first = try await group.next(), let content = first else {
        throw GatewayError.bodyTooSlow(limit: timeout)
      }
      return content
    }
  }

  private func admit(_ content: ByteBuffer) throws(GatewayError) -> ByteBuffer {
    guard content.readableBytes <= limit else { throw .bodyTooLarge(limit: limit) }
    guard budget.take(content.readableBytes) else { throw .tooManyBodies() }
    return content
  }

  private func collect(_ body: HTTPRequestBody) async throws -> ByteBuffer {
    var whole = ByteBuffer()
    do {
      for try await var part in body {
        guard whole.readableBytes + part.readableBytes <= limit else {
          throw GatewayError.bodyTooLarge(limit: limit)
        }
        guard budget.take(part.readableBytes) else { throw GatewayError.tooManyBodies() }
        if whole.readableBytes == 0 { whole = part } else { whole.writeBuffer(&part) }
      }
    } catch {
      budget.giveBack(whole.readableBytes)
      throw error
    }
    return whole
  }
}
