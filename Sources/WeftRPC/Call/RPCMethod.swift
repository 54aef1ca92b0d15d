import WeftProtobuf

/// Which side sends a stream of messages.
public enum CallKind: Sendable, Hashable {
  case unary, clientStreaming, serverStreaming, bidirectional
}

/// What may happen when a call is made twice (`google.protobuf.MethodOptions.idempotency_level`).
public enum Idempotency: Sendable, Hashable {
  case unknown
  /// Twice is as good as once.
  case idempotent
  /// It changes nothing.
  case noSideEffects

  /// Whether a call may be tried again although it may have been carried out.
  public var allowsRetry: Bool { self != .unknown }
}

/// A method without its types, for calls whose messages stay bytes.
public struct MethodPath: Sendable, Hashable {
  /// `/package.Service/Method`.
  public let path: String
  public let kind: CallKind
  public let idempotency: Idempotency

  public init(path: String, kind: CallKind = .unary, idempotency: Idempotency = .unknown) {
    self.path = path
    self.kind = kind
    self.idempotency = idempotency
  }
}

/// A method with the types of its messages.
public struct RPCMethod<Request: Message, Response: Message>: Sendable {
  public let service: String
  public let name: String
  public let untyped: MethodPath

  public init(service: String, name: String, kind: CallKind, idempotency: Idempotency = .unknown) {
    self.service = service
    self.name = name
    untyped = MethodPath(path: "/\(service)/\(name)", kind: kind, idempotency: idempotency)
  }

  public var path: String { untyped.path }
  public var kind: CallKind { untyped.kind }
  public var idempotency: Idempotency { untyped.idempotency }
}
