import WeftProtobuf

/// Describes services as the gateway serves them: JSON over HTTP, by their `google.api.http` options.
public enum OpenAPIGenerator {
  /// - Parameters:
  ///   - services: what to describe, in this order; from one pool.
  public static func document(
    of services: [ServiceDescriptor], options: OpenAPIOptions = OpenAPIOptions()
  ) -> OpenAPIDocument {
    var builder = DocumentBuilder(services: services, options: options)
    for method in services.flatMap(\.methods) { builder.add(method) }
    return builder.finish()
  }
}
