/// A service of a ``DescriptorPool``.
public final class ServiceDescriptor: Sendable {
  public let name: String
  public let fullName: String
  public let isDeprecated: Bool
  public let comment: String?
  public unowned let file: FileDescriptor
  // Filled by the linker before the pool is visible to anyone, and never changed after.
  nonisolated(unsafe) public internal(set) var methods: [MethodDescriptor] = []

  init(_ parsed: ParsedService, fullName: String, file: FileDescriptor, comment: String?) {
    name = parsed.name
    self.fullName = fullName
    isDeprecated = parsed.isDeprecated
    self.comment = comment
    self.file = file
  }

  public func method(named name: String) -> MethodDescriptor? { methods.first { $0.name == name } }
}

/// A method of a service.
public final class MethodDescriptor: Sendable {
  /// The option `idempotency_level`.
  public enum Idempotency: Sendable, Hashable {
    case unknown, noSideEffects, idempotent
  }

  public let name: String
  public let fullName: String
  /// The path of its calls on the wire: `/package.Service/Method`.
  public let path: String
  public let isClientStreaming: Bool
  public let isServerStreaming: Bool
  public let idempotency: Idempotency
  /// `google.api.http`: the main binding first, then the additional ones. Empty when not annotated.
  public let httpRules: [HTTPRule]
  public let isDeprecated: Bool
  public let comment: String?
  public unowned let service: ServiceDescriptor
  public unowned let input: MessageDescriptor
  public unowned let output: MessageDescriptor

  init(
    _ parsed: ParsedMethod, service: ServiceDescriptor, input: MessageDescriptor,
    output: MessageDescriptor, comment: String?
  ) {
    name = parsed.name
    fullName = "\(service.fullName).\(parsed.name)"
    path = "/\(service.fullName)/\(parsed.name)"
    isClientStreaming = parsed.isClientStreaming
    isServerStreaming = parsed.isServerStreaming
    idempotency = parsed.idempotency
    httpRules = parsed.httpRules
    isDeprecated = parsed.isDeprecated
    self.comment = comment
    self.service = service
    self.input = input
    self.output = output
  }

  public var file: FileDescriptor { service.file }
}
