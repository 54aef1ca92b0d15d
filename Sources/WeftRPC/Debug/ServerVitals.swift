import NIOCore
import WeftHTTP2
import WeftProtobuf

/// What a server's port answers beside calls when it was given nothing else: `/health`, `/metrics` and `/debug`.
struct ServerVitals: HTTPResponder {
  let service: String
  let health: HealthRegistry
  private let debug: DebugPages

  init(service: String, health: HealthRegistry) {
    self.service = service
    self.health = health
    debug = DebugPages(service: service)
  }

  func respond(
    to request: HTTPRequestHead, body: HTTPRequestBody, writer: HTTPResponseWriter
  ) async throws {
    let page = await page(for: request)
    var fields = page.fields
    fields.set("x-service-name", service)
    try await writer.respond(to: request, status: page.status, fields: fields, body: page.body)
  }

  func page(for request: HTTPRequestHead) async -> DebugPages.Answer {
    guard request.method == "GET" || request.method == "HEAD" else {
      return Self.error(
        405, "only GET is answered here; RPC calls need the gRPC protocol", ["allow": "GET, HEAD"])
    }
    switch request.path {
    case "/health": return healthPage
    case "/metrics":
      return DebugPages.Answer(
        status: 200, fields: ["content-type": "text/plain; version=0.0.4; charset=utf-8"],
        body: await MetricsRegistry.sharedPage.value())
    case DebugPages.path: return await debug.answer(request)
    default: return Self.error(404, "this port answers /health, /metrics and /debug")
    }
  }

  private var healthPage: DebugPages.Answer {
    let isHealthy = health.status(of: "") == .serving
    let body = JSONTree.object([
      ("status", .string(isHealthy ? "healthy" : "draining")), ("service", .string(service)),
      ("timestamp", .string(UTCTime.now().text)),
    ])
    return DebugPages.Answer(
      status: isHealthy ? 200 : 503,
      fields: ["content-type": "application/json", "cache-control": "no-store"],
      text: body.rendered())
  }

  private static func error(_ status: Int, _ message: String, _ fields: HTTPFields = [:]) -> DebugPages.Answer
  {
    var fields = fields
    fields.set("content-type", "application/json")
    return DebugPages.Answer(
      status: status, fields: fields, text: JSONTree.object([("error", .string(message))]).rendered())
  }
}
