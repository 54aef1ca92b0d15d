/// One HTTP binding of a method: a `google.api.HttpRule`, extension 72295728 of `MethodOptions`.
///
/// The template in ``path`` is kept as written. Whether it parses, and whether the fields that it and
/// ``body`` name exist, is for the gateway that routes by it to decide.
public struct HTTPRule: Sendable, Hashable {
  /// `GET`, `PUT`, `POST`, `DELETE`, `PATCH`, or the kind of a custom pattern.
  public let verb: String
  /// The path template, such as `/v1/{name=shelves/*}`.
  public let path: String
  /// `*` for the whole message, or the field that the request body fills; nil when there is no body.
  public let body: String?
  /// The field that makes the response body; nil for the whole message.
  public let responseBody: String?

  public init(verb: String, path: String, body: String? = nil, responseBody: String? = nil) {
    self.verb = verb
    self.path = path
    self.body = body
    self.responseBody = responseBody
  }
}
