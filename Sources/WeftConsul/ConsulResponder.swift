import Logging
import NIOCore
import WeftHTTP2
import WeftRegistry

/// Answers Consul's HTTP API, version 1, from a registry; other paths go elsewhere.
public struct ConsulResponder: HTTPResponder {
  private let context: ConsulContext
  private let router: Router
  private let other: (any HTTPResponder)?
  private let bodies: BodyReader
  private let answers: AnswerWriter
  private let patience: Duration
  private let metrics = ConsulMetrics()
  private let logger: Logger

  /// - Parameter other: answers what does not begin with `/v1/`: a page, metrics.
  public init(
    registry: Registry, settings: ConsulSettings = ConsulSettings(), other: (any HTTPResponder)? = nil,
    logger: Logger
  ) {
    let context = ConsulContext(registry: registry, settings: settings)
    self.context = context
    self.other = other
    self.logger = logger
    router = Router(context.routes)
    patience = settings.patience
    bodies = BodyReader(patience: settings.patience)
    answers = AnswerWriter(stallTimeout: settings.patience)
  }

  public func respond(
    to request: HTTPRequestHead, body: HTTPRequestBody, writer: HTTPResponseWriter
  ) async throws {
    if let delay = context.registry.rateLimiter?.wait(for: request.peer.clientName) {
      return try await answers.write(.tooMany(retryAfter: delay), to: writer)
    }
    if request.method == "GET", !request.fields.contains(ConsulRequest.namespaceField),
      let answer = context.remembered(request.target)
    {
      metrics.remembered.add()
      return try await answers.write(answer, to: writer)
    }
    guard other == nil || Self.isOfAPI(request.target) else {
      try await other?.respond(to: request, body: body, writer: writer)
      return
    }
    let pieces = BodyPieces(body, patience: patience)
    let answer = try await answer(request, pieces: pieces) { try await bodies.read(request, body, upTo: $0) }
    do {
      try await answers.write(answer, to: writer)
    } catch {
      // An answer that is made while it is written has come to nothing.
      guard answer.stream != nil, await !writer.headWritten else { throw error }
      try await answers.write(try failure(error, request), to: writer)
    }
  }

  /// - Parameters:
  ///   - pieces: the body, for a route that takes large ones.
  ///   - readBody: reads the body, up to so many bytes.
  /// - Throws: when nobody waits for the answer any more.
  func answer(
    _ head: HTTPRequestHead, pieces: BodyPieces? = nil, readBody: (Int) async throws -> ByteBuffer
  ) async throws -> ConsulAnswer {
    var path = ""
    let answer: ConsulAnswer
    do {
      answer = try await handle(head, pieces, readBody, &path)
    } catch {
      answer = try failure(error, head)
    }
    metrics.answered(path, path.isEmpty ? "" : head.method, status: answer.status)
    return answer
  }

  /// - Parameter path: set to the path of the route, once that is found and has the method.
  private func handle(
    _ head: HTTPRequestHead, _ pieces: BodyPieces?, _ readBody: (Int) async throws -> ByteBuffer,
    _ path: inout String
  ) async throws -> ConsulAnswer {
    var request = try ConsulRequest(head, registry: context.registry)
    if let clean = Self.clean(request.path) {
      return ConsulAnswer(status: 301, fields: ["location": clean + (head.query.map { "?\($0)" } ?? "")])
    }
    guard let (route, name) = router.match(request.path) else {
      throw ConsulError.notFound("This registry has no \(request.path.prefix(200))")
    }
    request.name = name
    if request.method == "OPTIONS" { return ConsulAnswer.empty.with("allow", route.allowed) }
    guard let handler = route.methods[request.method] else {
      return ConsulAnswer.text("method \(request.method.prefix(32)) not allowed", status: 405)
        .with("allow", route.allowed)
    }
    path = route.path
    try request.requireNamespaces()
    if !request.path.hasPrefix("/v1/agent/"), let datacenter = request.query.text("dc"),
      datacenter != context.datacenter
    {
      throw ConsulError.otherDatacenter
    }
    if route.isStreamed {
      request.pieces = pieces
    } else {
      request.body = try await readBody(route.bodyLimit)
    }
    let answer = try await handler(request)
    return try request.query.flag("pretty") ? answer.indented : answer
  }

  private func failure(_ error: any Error, _ request: HTTPRequestHead) throws -> ConsulAnswer {
    switch error {
    case let error as ConsulError: return .failure(error)
    case let error as RegistryError: return .failure(ConsulError(error))
    case is CancellationError, is HTTPStreamClosed: throw error
    default:
      logger.error("request failed", metadata: ["path": "\(request.path.prefix(512))", "error": "\(error)"])
      return .failure(ConsulError(500, "internal error"))
    }
  }

  /// Whether a target is of the API once its path is cleaned.
  static func isOfAPI(_ target: String) -> Bool {
    let path = target.prefix { $0 != "?" }
    return path.hasPrefix("/v1/") || path.hasPrefix("//") && clean(String(path))?.hasPrefix("/v1/") == true
  }

  /// The path without empty segments and dots, as Go's multiplexer redirects to it; nil when it is clean.
  static func clean(_ path: String) -> String? {
    guard path.contains("//") || path.contains("/.") else { return nil }
    var segments: [Substring] = []
    for segment in path.split(separator: "/") {
      switch segment {
      case ".": break
      case "..": _ = segments.popLast()
      default: segments.append(segment)
      }
    }
    let clean = "/" + segments.joined(separator: "/") + (path.hasSuffix("/") && !segments.isEmpty ? "/" : "")
    return clean == path ? nil : clean
  }
}

extension ConsulContext {
  var routes: [Route] {
    CatalogueEndpoints(context: self).routes + CatalogueWriteEndpoints(context: self).routes
      + HealthEndpoints(context: self).routes + AgentEndpoints(context: self).routes
      + AgentServiceEndpoints(context: self).routes + AgentCheckEndpoints(context: self).routes
      + AgentHealthEndpoints(context: self).routes + SnapshotEndpoints(context: self).routes
      + StatusEndpoints(context: self).routes + OperatorEndpoints(context: self).routes
      + MeshEndpoints(context: self).routes
      + EventEndpoints(context: self).routes + KeyValueEndpoints(context: self).routes
      + SessionEndpoints(context: self).routes + TransactionEndpoints(context: self).routes
      + TokenEndpoints(context: self).routes + PolicyEndpoints(context: self).routes
  }
}
