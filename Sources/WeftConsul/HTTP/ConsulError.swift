/// An answer that is no success: a status, and a text that says what is wrong.
struct ConsulError: Error, Hashable {
  var status: Int
  var message: String

  init(_ status: Int, _ message: String) {
    self.status = status
    self.message = message
  }

  static func badRequest(_ message: String) -> ConsulError { ConsulError(400, message) }
  static func notFound(_ message: String) -> ConsulError { ConsulError(404, message) }

  /// The body is not what the endpoint takes.
  static func body(_ reason: String) -> ConsulError { .badRequest("Request decode failed: \(reason)") }

  /// Another datacenter than this one was named. Consul says 500, and its clients know the text.
  static let otherDatacenter = ConsulError(500, "No path to datacenter")

  static let permissionDenied = ConsulError(403, "Permission denied")
}
