import WeftProtobuf
import WeftRPC

/// One way from HTTP to a method: a verb and a path template, and how requests and answers map to messages.
final class Route: Sendable {
  /// A variable of the path with the field that it fills.
  struct PathBinding: Sendable {
    let variable: PathTemplate.Variable
    /// From the request message to the field.
    let fields: [FieldDescriptor]
  }

  /// What of the request message the body holds.
  enum Body: Sendable {
    case none
    /// `body: "*"`: everything that the path does not bind.
    case whole
    case field(FieldDescriptor)
  }

  /// Name of the service in the registry.
  let service: String
  /// HTTP method, or `*` for any.
  let verb: String
  let template: PathTemplate
  let method: MethodDescriptor
  /// Keeps the descriptors alive.
  let pool: DescriptorPool
  let pathBindings: [PathBinding]
  let body: Body
  /// The field that makes the answer's body; nil for the whole message.
  let responseBody: FieldDescriptor?
  /// What two routes must not share.
  let key: RouteKey
  /// What the channel needs to know of the method.
  let path: MethodPath

  init(
    service: String, verb: String, template: PathTemplate, method: MethodDescriptor, pool: DescriptorPool,
    pathBindings: [PathBinding] = [], body: Body, responseBody: FieldDescriptor? = nil
  ) {
    self.service = service
    self.verb = verb
    self.template = template
    self.method = method
    self.pool = pool
    self.pathBindings = pathBindings
    self.body = body
    self.responseBody = responseBody
    key = RouteKey(verb: verb, shape: template.shape)
    path = Self.path(of: method, verb: verb)
  }
}

/// A verb with the shape of a path: the names of variables do not tell routes apart.
struct RouteKey: Sendable, Hashable, CustomStringConvertible {
  let verb: String
  let shape: String

  var description: String { "\(verb) \(shape)" }
}
