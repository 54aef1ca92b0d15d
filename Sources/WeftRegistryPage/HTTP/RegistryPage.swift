import NIOCore
import WeftHTTP2

/// The registry's page. To be given every request whose path is `/ui` or begins with `/ui/`.
///
///     /ui/assets/NAME     its script and style
///     /ui/api/about       what the registry is, and who is asking
///     /ui/api/view        a view as JSON; ?view=services, ?view=service&name=NAME, ...
///     /ui/api/events      the same again with every change, as server-sent events
///     /ui/api/key         PUT and DELETE one key
///     /ui/...             the page itself, whose script shows the view that the path names
public struct RegistryPage: HTTPResponder {
  let source: any PageSource
  let streams: PageStreams

  public init(source: any PageSource) {
    self.init(source: source, streams: PageStreams())
  }

  init(source: any PageSource, streams: PageStreams) {
    self.source = source
    self.streams = streams
  }

  /// Whether a path is the page's.
  public static func serves(_ path: String) -> Bool {
    path == "/ui" || path.hasPrefix("/ui/")
  }

  public func respond(
    to request: HTTPRequestHead, body: HTTPRequestBody, writer: HTTPResponseWriter
  ) async throws {
    do throws(PageProblem) {
      let path = request.path
      if path.hasPrefix("/ui/api/") {
        try await answerScript(String(path.dropFirst("/ui/api/".count)), request, body, writer)
      } else {
        try Self.expect(["GET", "HEAD"], request)
        let asset = try Self.asset(path)
        await Self.send(asset, to: request, writer)
      }
    } catch {
      let fields: HTTPFields = error.status == 405 ? ["allow": "GET, HEAD, PUT, DELETE"] : [:]
      await Self.send(
        .object([("message", .string(error.message))]), status: error.status, fields: fields, writer)
    }
  }

  private func answerScript(
    _ name: String, _ request: HTTPRequestHead, _ body: HTTPRequestBody, _ writer: HTTPResponseWriter
  ) async throws(PageProblem) {
    let visitor = Self.visitor(request)
    let query = PageQuery(request.query)
    switch name {
    case "about":
      try Self.expect(["GET"], request)
      await Self.send(try source.about(visitor).json, writer)
    case "view":
      try Self.expect(["GET"], request)
      await Self.send(try source.content(of: try Self.view(query), for: visitor).json, writer)
    case "events":
      try Self.expect(["GET"], request)
      try await streams.follow(try Self.view(query), of: source, for: visitor, writer)
    case "key":
      try Self.expect(["PUT", "DELETE"], request)
      try await change(query, request, body, visitor)
      await Self.send(.object([("done", .bool(true))]), writer)
    default:
      throw PageProblem(status: 404, "there is no /ui/api/\(name)")
    }
  }

  private static func view(_ query: PageQuery) throws(PageProblem) -> PageView {
    guard let view = PageView(query) else {
      throw PageProblem(
        status: 400, "view: must be services, service, nodes, node, keys or key, with its name")
    }
    return view
  }

  private static func asset(_ path: String) throws(PageProblem) -> PageAsset {
    guard path.hasPrefix("/ui/assets/") else { return .page }
    guard let asset = PageAsset.named[String(path.dropFirst("/ui/assets/".count))] else {
      throw PageProblem(status: 404, "there is no such file")
    }
    return asset
  }

  private static func expect(_ methods: [String], _ request: HTTPRequestHead) throws(PageProblem) {
    guard methods.contains(request.method) else {
      throw PageProblem(status: 405, "\(request.method) is not taken here")
    }
  }

  /// The token as Consul's clients send it, or as RFC 6750 has it.
  private static func visitor(_ request: HTTPRequestHead) -> PageVisitor {
    let bearer = request.fields["authorization"].flatMap { field in
      field.lowercased().hasPrefix("bearer ") ? String(field.dropFirst("bearer ".count)) : nil
    }
    let token = request.fields["x-consul-token"] ?? bearer
    return PageVisitor(
      token: token?.isEmpty == true ? nil : token, address: request.peer.remoteAddress,
      identities: request.peer.isTLS ? request.peer.identities : nil)
  }
}
