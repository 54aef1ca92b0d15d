import NIOCore
import WeftHTTP2
import WeftRPC

/// What the gateway says of itself: `/health`, `/metrics` and `/debug/routes`.
struct Vitals: Sendable {
  let serviceName: String
  let routes: CurrentRoutes

  /// The answer, or nil when the path is none of these.
  func answer(to request: HTTPRequestHead, path: String) throws(GatewayError) -> Answer? {
    let answer: Answer
    switch path {
    case "/health": answer = health()
    case "/metrics":
      answer = Answer(
        text: MetricsRegistry.shared.prometheusText(), contentType: "text/plain; version=0.0.4; charset=utf-8"
      )
    case "/debug/routes": answer = Answer(json: routes.table.listing())
    default: return nil
    }
    guard request.method == "GET" || request.method == "HEAD" else {
      throw .wrongMethod(request.method, path, allowed: ["GET", "HEAD"])
    }
    return answer
  }

  /// Until the first word from the registry there is nothing to route, and whoever waits should wait on.
  private func health() -> Answer {
    let isReady = routes.isReady
    var writer = JSONWriter()
    writer.beginObject()
    writer.field("status", isReady ? "healthy" : "starting")
    writer.field("service", serviceName)
    writer.field("timestamp", Timestamp.now())
    writer.endObject()
    return Answer(status: isReady ? 200 : 503, json: writer.bytes)
  }
}
