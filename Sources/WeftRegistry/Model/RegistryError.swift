/// Why the registry refused or failed a request. Each case is one gRPC status code at the door.
public enum RegistryError: Error, Sendable, Hashable {
  /// INVALID_ARGUMENT: `field` is the path of the value in the request, such as `instance.metadata["a"]`.
  case invalidArgument(field: String, reason: String)
  /// PERMISSION_DENIED
  case permissionDenied(String)
  /// NOT_FOUND
  case notFound(String)
  /// FAILED_PRECONDITION
  case failedPrecondition(String)
  /// RESOURCE_EXHAUSTED: a limit of the registry, or a full disk.
  case resourceExhausted(String)
  /// UNAVAILABLE: shutting down, or the store does not take writes.
  case unavailable(String)
}

extension RegistryError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .invalidArgument(let field, let reason): "\(field): \(reason)"
    case .permissionDenied(let message), .notFound(let message), .failedPrecondition(let message),
      .resourceExhausted(let message), .unavailable(let message):
      message
    }
  }
}

extension RegistryError {
  /// A failed write, told to the client whose change it was. Nothing of the change is visible.
  init(_ error: StoreError) {
    let message = "the registry could not store the change: \(error)"
    switch error.kind {
    case .full: self = .resourceExhausted(message)
    case .readOnly, .corrupt, .unsupportedSchema, .conflict, .failed: self = .unavailable(message)
    }
  }
}
