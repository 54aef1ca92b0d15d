import NIOCore
import WeftHTTP2
import WeftProtobuf
import WeftRPC

/// Answers the plain questions that every port of the mesh answers: is it well, and what does it measure.
///
/// `GET /health` for load balancers and people, `GET /metrics` for Prometheus, `GET /debug` for a look inside.
public struct VitalsResponder: HTTPResponder {
  /// One page: what it says, and as what.
  public struct Page: Sendable {
    public var status: Int
    public var contentType: String
    public var body: ByteBuffer
    /// Further header fields.
    public var fields: HTTPFields

    public init(status: Int = 200, contentType: String, body: ByteBuffer, fields: HTTPFields = [:]) {
      self.status = status
      self.contentType = contentType
      self.body = body
      self.fields = fields
    }

    public init(status: Int = 200, contentType: String, text: String, fields: HTTPFields = [:]) {
      self.init(status: status, contentType: contentType, body: ByteBuffer(string: text), fields: fields)
    }

    var text: String { String(buffer: body) }
  }

  /// What the health page says.
  public enum Health: String, Sendable {
    case healthy
    /// The process is about to stop: new work belongs elsewhere.
    case draining
  }

  let service: String
  let health: @Sendable () -> Health
  let pages: [String: @Sendable (HTTPRequestHead) async -> Page]

  /// - Parameter pages: further pages by path.
  public init(
    service: String, health: @escaping @Sendable () -> Health,
    pages: [String: @Sendable (HTTPRequestHead) async -> Page] = [:]
  ) {
    self.service = service
    self.health = health
    self.pages = pages
  }

  public func respond(
    to request: HTTPRequestHead, body: HTTPRequestBody, writer: HTTPResponseWriter
  ) async throws {
    let page = await page(for: request)
    var fields = page.fields
    fields.set("content-type", page.contentType)
    fields.set("cache-control", "no-store")
    fields.set("x-service-name", service)
    fields.set("x-request-id", RequestIdentifier.accept(request.fields["x-request-id"]))
    if page.status == 405 { fields.set("allow", "GET, HEAD") }
    try await writer.respond(to: request, status: page.status, fields: fields, body: page.body)
  }

  func page(for request: HTTPRequestHead) async -> Page {
    guard request.method == "GET" || request.method == "HEAD" else {
      return error(405, "\(request.method) is not answered here; RPC calls need the gRPC protocol")
    }
    if request.path == "/health" { return healthPage() }
    if let page = pages[request.path] { return await page(request) }
    let known = (["/health"] + pages.keys.sorted()).joined(separator: ", ")
    return error(404, "nothing at \(request.path.prefix(200)); this port answers \(known)")
  }

  private func healthPage() -> Page {
    let health = health()
    return json(
      health == .healthy ? 200 : 503,
      ["status": health.rawValue, "service": service, "timestamp": UTCTime.now().text])
  }

  private func error(_ status: Int, _ message: String) -> Page {
    json(status, ["error": message])
  }

  private func json(_ status: Int, _ members: KeyValuePairs<StaticString, String>) -> Page {
    var output = JSONOutput(escaping: .standard)
    output.beginObject()
    for (name, value) in members { output.field(name, value) }
    output.endObject()
    return Page(status: status, contentType: "application/json", text: output.text + "\n")
  }
}
