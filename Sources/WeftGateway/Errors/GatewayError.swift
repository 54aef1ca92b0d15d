import WeftHTTP2
import WeftProtobuf
import WeftRPC

/// An answer that is an error: what the client sees of it.
///
/// The body is a `google.rpc.Status` as JSON: `{"code","message","details"}`.
struct GatewayError: Error, Sendable {
  /// A `google.rpc.Code`, gRPC's status codes.
  let code: StatusCode
  /// The HTTP status, when it says more than the code does (405, 413, 415 and their like).
  let httpStatus: Int
  let message: String
  /// Objects with `@type`, as JSON.
  let details: [[UInt8]]
  /// Header fields of the answer.
  let fields: HTTPFields

  init(
    _ code: StatusCode, _ message: String, httpStatus: Int? = nil, details: [[UInt8]] = [],
    fields: HTTPFields = [:]
  ) {
    self.code = code
    self.httpStatus = httpStatus ?? code.httpStatus
    self.message = message
    self.details = details
    self.fields = fields
  }

  /// A value that was refused.
  /// - Parameters:
  ///   - field: where it stands in the request, such as `config.langs[1]`; empty for the request as a whole.
  ///   - source: what held it, such as `request body` or `query parameter "page_size"`.
  static func badValue(field: String, reason: String, in source: String) -> GatewayError {
    let place = field.isEmpty ? source : "\(source): \(field)"
    return GatewayError(
      .invalidArgument, "\(place): \(reason)", details: [badRequest([(field: field, description: reason)])])
  }

  /// A `google.rpc.BadRequest` in its JSON form.
  static func badRequest(_ violations: [(field: String, description: String)]) -> [UInt8] {
    var writer = JSONOutput(escaping: .standard)
    writer.beginObject()
    writer.field("@type", "type.googleapis.com/google.rpc.BadRequest")
    writer.key("fieldViolations")
    writer.beginArray()
    for violation in violations {
      writer.beginObject()
      writer.field("field", violation.field)
      writer.field("description", violation.description)
      writer.endObject()
    }
    writer.endArray()
    writer.endObject()
    return writer.bytes
  }

  /// The error object.
  var json: [UInt8] {
    var writer = JSONOutput(escaping: .standard)
    writer.beginObject()
    writer.field("code", code.rawValue)
    writer.field("message", message)
    writer.key("details")
    writer.beginArray()
    for detail in details { writer.raw(detail) }
    writer.endArray()
    writer.endObject()
    return writer.bytes
  }
}
