import NIOCore
import WeftHTTP2
import WeftProtobuf
import WeftRegistry

/// One request to the API.
struct ConsulRequest: Sendable {
  let method: String
  /// As it was sent.
  let target: String
  /// Decoded.
  let path: String
  /// What follows the path of the endpoint, such as the name in `/v1/health/service/NAME`; decoded.
  var name: String
  let query: QueryParameters
  /// The secret of the token that the client shows.
  let token: String?
  let fields: HTTPFields
  let peer: PeerInfo
  /// What the client may do.
  let scope: AccessScope
  /// Whose services it is about.
  let namespace: String
  var body = ByteBuffer()
  /// The body of a route that takes large ones.
  var pieces: BodyPieces?

  init(_ head: HTTPRequestHead, registry: Registry) throws(ConsulError) {
    method = head.method
    target = head.target
    do {
      path = try PercentDecoder.decode(Array(head.path.utf8)[...])
    } catch {
      throw .badRequest("The path cannot be read: \(error.reason)")
    }
    name = ""
    query = try QueryParameters(head.query)
    token = query.text("token") ?? Self.token(head.fields)
    fields = head.fields
    peer = head.peer
    namespace = try Self.namespace(query, head.fields)
    scope = try registry.scope(of: head, token: token)
  }

  /// `X-Consul-Token`, or else `Authorization: Bearer`.
  static func token(_ fields: HTTPFields) -> String? {
    if let token = fields["x-consul-token"], !token.isEmpty { return token }
    guard let authorization = fields["authorization"] else { return nil }
    let parts = authorization.split(separator: " ", maxSplits: 1)
    guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
    return String(parts[1].drop { $0 == " " })
  }

  /// The name in the path, which must be there. `what` is what it names, for the error.
  func requiredName(_ what: String) throws(ConsulError) -> String {
    if name.isEmpty { throw .badRequest("Missing \(what)") }
    return name
  }

  /// The body as a JSON object.
  func object() throws(ConsulError) -> BodyObject {
    guard body.readableBytes > 0 else { throw .body("EOF") }
    return try BodyObject(json())
  }

  /// The body as a JSON object, which may be left out.
  func optionalObject() throws(ConsulError) -> BodyObject {
    body.readableBytes > 0 ? try BodyObject(json()) : .empty
  }

  func json() throws(ConsulError) -> JSONValue {
    do {
      return try JSONParser.parse(Array(body.readableBytesView))
    } catch {
      throw .body(error.description)
    }
  }
}
