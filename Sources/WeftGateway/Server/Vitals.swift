import NIOCore
import WeftHTTP2
import WeftProtobuf
import WeftRPC

/// What the gateway says of itself: `/health`, `/metrics`, `/debug` and `/debug/routes`.
struct Vitals: Sendable {
  let serviceName: String
  let routes: CurrentRoutes
  private let debug: DebugPages

  init(configuration: GatewayConfiguration, routes: CurrentRoutes) {
    serviceName = configuration.serviceName
    self.routes = routes
    debug = DebugPages(
      service: configuration.serviceName, access: configuration.debug, recent: configuration.recentCalls)
  }

  /// The answer, or nil when the path is none of these.
  func answer(to request: HTTPRequestHead, path: String) async throws(GatewayError) -> Answer? {
    let answer: Answer
    switch path {
    case "/health": answer = health()
    case "/metrics":
      answer = Answer(
        body: await MetricsRegistry.sharedPage.value(),
        contentType: "text/plain; version=0.0.4; charset=utf-8")
    case "/debug/routes": answer = Answer(json: routes.table.listing())
    case DebugPages.path where debug.isOn: answer = await debugAnswer(request)
    default: return nil
    }
    guard request.method == "GET" || request.method == "HEAD" else {
      throw .wrongMethod(request.method, path, allowed: ["GET", "HEAD"])
    }
    return answer
  }

  private func debugAnswer(_ request: HTTPRequestHead) async -> Answer {
    let page = await debug.answer(request)
    var answer = Answer(
      status: page.status, body: page.body, contentType: page.fields["content-type"] ?? "text/plain")
    for field in page.fields where field.name != "content-type" { answer.fields.add(field.name, field.value) }
    return answer
  }

  /// Until the first word from the registry there is nothing to route, and whoever waits should wait on.
  private func health() -> Answer {
    let isReady = routes.isReady
    var writer = JSONOutput(escaping: .standard)
    writer.beginObject()
    writer.field("status", isReady ? "healthy" : "starting")
    writer.field("service", serviceName)
    writer.field("timestamp", UTCTime.now().text)
    writer.endObject()
    return Answer(status: isReady ? 200 : 503, json: writer.bytes)
  }
}
