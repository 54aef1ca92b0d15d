import WeftRegistry

extension ConsulError {
  /// What the registry refused, as HTTP has it.
  init(_ error: RegistryError) {
    switch error {
    case .invalidArgument(let field, let reason): self.init(400, "Invalid \(field): \(reason)")
    case .failedPrecondition(let message): self.init(400, message)
    case .permissionDenied(let message): self.init(403, "Permission denied: \(message)")
    case .notFound(let message): self.init(404, message)
    case .resourceExhausted(let message): self.init(503, message)
    case .unavailable(let message): self.init(503, message)
    }
  }
}
