import WeftHTTP2
import WeftProtobuf

/// The header fields that every reply has.
enum GRPCFields {
  static let replyHead: HTTPFields = ["content-type": "application/grpc"]
  static let okTrailers: HTTPFields = ["grpc-status": "0"]
  /// The same for replies that carry nothing else.
  static let plainReplyHead = FixedFields([":status": "200", "content-type": "application/grpc"])
  static let plainOKTrailers = FixedFields(["grpc-status": "0"])

  /// `application/grpc`, `application/grpc+proto`, with parameters or without; not `application/grpc-web`.
  static func isGRPC(_ contentType: String) -> Bool {
    if contentType == "application/grpc" { return true }
    guard contentType.hasPrefix("application/grpc") else { return false }
    let rest = contentType.utf8.dropFirst("application/grpc".utf8.count)
    guard let next = rest.first else { return true }
    return next == UInt8(ascii: "+") || next == UInt8(ascii: ";") || next == UInt8(ascii: " ")
  }
}

extension RPCError {
  /// As trailers of a reply.
  var trailers: HTTPFields {
    var fields: HTTPFields = ["grpc-status": String(code.rawValue)]
    if !message.isEmpty { fields.add("grpc-message", GRPCMessageText.encode(message)) }
    if let details { fields.add("grpc-status-details-bin", Base64Text.encode(details)) }
    for entry in metadata { fields.add(entry.key, entry.value) }
    return fields
  }

  /// The status in the trailers of a reply.
  ///
  /// - Returns: nil for OK.
  /// - Parameter context: what to say when there is no status at all.
  static func status(in trailers: HTTPFields, httpStatus: Int) -> RPCError? {
    guard let text = trailers["grpc-status"] else {
      if httpStatus != 200 {
        return RPCError(
          StatusCode(httpStatus: httpStatus), "the server answered HTTP status \(httpStatus), not gRPC")
      }
      return RPCError(.unknown, "the server ended the call without a status")
    }
    guard let number = Int(text) else {
      return RPCError(.unknown, "the status \"\(text.prefix(32))\" is no number")
    }
    // Codes of a later version are told as UNKNOWN.
    let code = StatusCode(rawValue: number) ?? .unknown
    if code == .ok { return nil }
    var details: [UInt8]?
    if let encoded = trailers["grpc-status-details-bin"] {
      let characters = Array(encoded.utf8)
      details = characters.withUnsafeBufferPointer { Base64.decode($0) }
    }
    return RPCError(
      code, trailers["grpc-message"].map(GRPCMessageText.decode) ?? "", details: details,
      metadata: Metadata(received: trailers))
  }
}
