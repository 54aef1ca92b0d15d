import WeftProtobuf

/// Finds the method that a person means.
enum MethodLookup {
  /// - Parameter text: `GetConfig` where that is the only one, `ConfigService/GetConfig`, or the whole
  ///   `weft.config.v1.ConfigService/GetConfig`, with a dot for the slash if you like.
  static func find(_ text: String, in types: DescriptorPool) throws -> MethodDescriptor {
    let wanted = text.split(separator: "/", omittingEmptySubsequences: true).joined(separator: ".")
    let all = types.services.flatMap(\.methods)
    let exact = all.filter { $0.fullName == wanted }
    let found = exact.isEmpty ? all.filter { $0.fullName.hasSuffix("." + wanted) } : exact
    if let method = found.first, found.count == 1 { return method }
    guard found.isEmpty else {
      throw Failure("'\(text)' is one of several: \(found.map(\.fullName).joined(separator: ", "))")
    }
    let names = all.filter { !isInfrastructure($0.service) }.map { "\($0.service.fullName)/\($0.name)" }
    throw Failure("there is no method '\(text)' here; there are:\n  \(names.joined(separator: "\n  "))")
  }

  /// Health, reflection and channelz, which any server may have and nobody looks for.
  static func isInfrastructure(_ service: ServiceDescriptor) -> Bool {
    ["grpc.channelz.", "grpc.health.", "grpc.reflection."].contains { service.fullName.hasPrefix($0) }
  }
}
