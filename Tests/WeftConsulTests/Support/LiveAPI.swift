import Logging
import NIOCore
import Synchronization
import WeftDiscovery
import WeftHTTP2
import WeftRegistry

@testable import WeftConsul

/// The API over a registry of its own, asked without a network.
final class LiveAPI: Sendable {
  let registry: Registry
  private let responder: ConsulResponder

  private let running: Task<Void, Never>

  private init(registry: Registry) {
    self.registry = registry
    responder = ConsulResponder(registry: registry, logger: Self.silent)
    running = Task { await registry.run() }
  }

  deinit { running.cancel() }

  /// The registry runs for as long as somebody holds this.
  /// - Parameter managementToken: when given, rules are in force that deny what they do not allow.
  static func start(
    managementToken: String? = nil, store: any RegistryStore = MemoryStore()
  ) async throws -> LiveAPI {
    var configuration = RegistryConfiguration()
    if let managementToken {
      configuration.access.isEnabled = true
      configuration.access.allowsByDefault = false
      configuration.access.initialManagementSecret = managementToken
    }
    let api = LiveAPI(
      registry: try await Registry(store: store, configuration: configuration, logger: silent))
    try await api.registry.beginIndexes()
    return api
  }

  private static let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

  @discardableResult
  func ask(
    _ method: String, _ target: String, _ body: String = "", fields: HTTPFields = [:]
  ) async throws -> Reply {
    let head = HTTPRequestHead(
      method: method, target: target, fields: fields, peer: PeerInfo(remoteAddress: "127.0.0.1:1"))
    return Reply(try await responder.answer(head) { _ in ByteBuffer(string: body) })
  }

  /// Sends a body in pieces, and takes in an answer that comes in pieces.
  func stream(
    _ method: String, _ target: String, _ pieces: [ByteBuffer] = [], token: String? = nil
  ) async throws -> Reply {
    let head = HTTPRequestHead(
      method: method, target: target, fields: token.map { ["x-consul-token": $0] } ?? [:],
      peer: PeerInfo(remoteAddress: "127.0.0.1:1"))
    let body = BodyPieces { take in for piece in pieces { try await take(piece) } }
    let answer = try await responder.answer(head, pieces: body) { _ in ByteBuffer() }
    guard let stream = answer.stream else { return Reply(answer) }
    let whole = Mutex(ConsulAnswer.empty)
    do {
      try await stream.produce { head in
        whole.withLock { $0 = head }
      } _: { piece in
        whole.withLock { _ = $0.body.writeImmutableBuffer(piece) }
      }
    } catch let error as RegistryError {
      return Reply(.failure(ConsulError(error)))
    }
    return Reply(whole.withLock { $0 })
  }

  func get(_ target: String, fields: HTTPFields = [:]) async throws -> Reply {
    try await ask("GET", target, fields: fields)
  }

  @discardableResult
  func put(_ target: String, _ body: String = "", token: String? = nil) async throws -> Reply {
    try await ask("PUT", target, body, fields: token.map { ["x-consul-token": $0] } ?? [:])
  }

  func delete(_ target: String) async throws -> Reply { try await ask("DELETE", target) }
}

/// What came back.
struct Reply: Sendable {
  let status: Int
  let fields: HTTPFields
  let text: String
  let body: ByteBuffer

  init(_ answer: ConsulAnswer) {
    body = answer.body
    status = answer.status
    fields = answer.fields
    text = String(buffer: answer.body)
  }

  var index: UInt64 { fields["x-consul-index"].flatMap { UInt64($0) } ?? 0 }

  /// The value at a path such as `0.Service.ID`.
  func value(_ path: String) throws -> JSONValue? {
    var value = try JSONParser.parse(Array(text.utf8))
    for name in path.split(separator: ".") {
      switch value {
      case .array(let elements):
        guard let index = Int(name), elements.indices.contains(index) else { return nil }
        value = elements[index]
      case .object(let members):
        guard let member = members.first(where: { $0.name == name }) else { return nil }
        value = member.value
      default: return nil
      }
    }
    return value
  }

  func string(_ path: String) throws -> String? {
    guard case .string(let text)? = try value(path) else { return nil }
    return text
  }

  /// Of an array or an object.
  func count(_ path: String = "") throws -> Int? {
    switch try value(path) {
    case .array(let elements): elements.count
    case .object(let members): members.count
    default: nil
    }
  }
}
