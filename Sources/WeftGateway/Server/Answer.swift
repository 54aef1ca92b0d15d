import NIOCore
import WeftHTTP2
import WeftRPC

/// A whole answer, before it is written.
struct Answer: Sendable {
  var status: Int
  var fields: HTTPFields
  var body: ByteBuffer

  init(status: Int = 200, json: some Collection<UInt8>, fields: HTTPFields = [:]) {
    self.status = status
    self.fields = fields
    self.fields.set("content-type", "application/json")
    body = ByteBuffer(bytes: json)
  }

  init(status: Int = 200, body: ByteBuffer, contentType: String) {
    self.status = status
    fields = ["content-type": contentType]
    self.body = body
  }

  init(_ error: GatewayError) {
    self.init(status: error.httpStatus, json: error.json, fields: error.fields)
  }
}

/// What one request came to: for its log line and the metrics.
struct RequestRecord: Sendable {
  var requestID: String
  /// The service in the registry and the method that were called, when a route was found.
  var service: String?
  var method: String?
  var status = 0
  var code = StatusCode.ok
  /// Why the request failed.
  var failure: String?
  var bytesOut = 0
  /// Messages of a streamed answer.
  var messages: Int?

  init(requestID: String) {
    self.requestID = requestID
  }

  mutating func found(_ route: Route) {
    service = route.service
    method = route.method.fullName
  }

  mutating func failed(_ error: GatewayError) {
    code = error.code
    failure = error.message
  }
}
