import WeftHTTP2
import WeftProtobuf
import WeftRPC

/// Which header fields become metadata of the call, and which metadata comes back as header fields.
///
/// Everything is named: a header that is not listed here goes no further. `Grpc-Metadata-X: v` lets a client send
/// the metadata `x`, but never what the mesh uses itself.
enum MetadataForwarding {
  /// Passed on under their own names. A trace context is passed on by the channel, as that of the gateway's own part.
  static let forwarded = ["authorization", "baggage", "accept-language"]

  static let prefix = "grpc-metadata-"
  static let trailerPrefix = "grpc-trailer-"

  /// What a call carries for its client.
  static func metadata(for request: HTTPRequestHead, requestID: String) throws(GatewayError) -> Metadata {
    var metadata = Metadata()
    metadata.add(requestID, for: "x-request-id")
    for (name, value) in request.fields {
      if forwarded.contains(name) {
        guard isText(value) else { throw .badHeader(name, "must be printable ASCII") }
        metadata.add(value, for: name)
      } else if name.hasPrefix(prefix) {
        try add(value, for: String(name.dropFirst(prefix.count)), header: name, to: &metadata)
      }
    }
    let address = hostPart(of: request.peer.remoteAddress)
    // No client is authenticated yet, so this is all that can be said of who wrote something.
    metadata.add("anonymous@\(address)", for: "x-weft-author")
    let hops = request.fields.values("x-forwarded-for").filter(isText) + [address]
    metadata.add(hops.joined(separator: ", "), for: "x-forwarded-for")
    return metadata
  }

  /// Header fields that show a client what the service sent.
  static func fields(_ metadata: Metadata, prefix: String, into fields: inout HTTPFields) {
    for (key, value) in metadata where !isReserved(key) {
      fields.add(prefix + key, value)
    }
  }

  private static func add(
    _ value: String, for key: String, header: String, to metadata: inout Metadata
  ) throws(GatewayError) {
    guard isKey(key), !isReserved(key) else {
      throw .badHeader(header, "\"\(key.prefix(100))\" cannot be sent as metadata")
    }
    guard isText(value) else {
      throw .badHeader(
        header, "must be printable ASCII; send other text in base64 under a name that ends in -bin")
    }
    metadata.add(value, for: key)
    if key.hasSuffix("-bin"), metadata.binaryValues(for: key).isEmpty {
      throw .badHeader(header, "is not base64")
    }
  }

  /// What gRPC, HTTP/2 and the mesh keep to themselves.
  static func isReserved(_ key: String) -> Bool {
    switch key {
    case "content-type", "content-length", "te", "host", "connection", "user-agent", "trailer", "upgrade",
      "transfer-encoding", "keep-alive", "proxy-connection", "x-request-id", "x-forwarded-for", "date",
      "server":
      true
    default:
      key.hasPrefix("grpc-") || key.hasPrefix("x-weft-") || key.hasPrefix(":")
    }
  }

  private static func isKey(_ key: String) -> Bool {
    !key.isEmpty
      && key.utf8.allSatisfy { byte in
        byte.isASCIIDigit || (byte.isASCIILetter && byte & 0x20 != 0) || byte == UInt8(ascii: "-")
          || byte == UInt8(ascii: "_") || byte == UInt8(ascii: ".")
      }
  }

  private static func isText(_ value: String) -> Bool {
    value.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F }
  }

  /// `127.0.0.1:5000` and `[::1]:5000` without their ports.
  static func hostPart(of address: String) -> String {
    guard !address.hasPrefix("unix:"), let colon = address.utf8.lastIndex(of: UInt8(ascii: ":")) else {
      return "local"
    }
    let host = address[..<colon]
    if host.hasPrefix("["), host.hasSuffix("]") { return String(host.dropFirst().dropLast()) }
    return String(host)
  }
}
