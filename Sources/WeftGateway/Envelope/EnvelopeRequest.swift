import NIOCore
import WeftProtobuf
import WeftRPC

/// The envelope of `POST /api/v1/ai`, read but for its `data`.
struct EnvelopeRequest: Sendable {
  let serviceType: String
  let action: String
  /// The request message as JSON; empty when there is none.
  let data: ByteBuffer
  /// A JSON object, passed on as it is.
  let context: [UInt8]?
  let requestID: String?

  static let members = ["service_type", "action", "data", "context", "request_id", "timestamp"]
  static let source = "envelope"

  init(_ content: ByteBuffer, maxContextBytes: Int) throws(GatewayError) {
    let bytes = Array(content.readableBytesView)
    var values: [String: ArraySlice<UInt8>] = [:]
    do throws(JSONObjectScanner.Failure) {
      for member in try JSONObjectScanner.members(of: bytes[...]) {
        guard Self.members.contains(member.name) else {
          throw JSONObjectScanner.Failure(
            offset: member.value.startIndex, reason: "unknown member \"\(member.name)\"")
        }
        // null is as good as nothing.
        if !member.value.elementsEqual("null".utf8) { values[member.name] = member.value }
      }
    } catch {
      throw .badValue(field: "", reason: "\(error.reason) (byte \(error.offset))", in: Self.source)
    }
    serviceType = try Self.text(values, "service_type", required: true) ?? ""
    action = try Self.text(values, "action", required: true) ?? ""
    requestID = try Self.text(values, "request_id", required: false)
    if let requestID, !RequestID.isValid(requestID) {
      throw .badValue(
        field: "request_id", reason: "expected at most \(RequestID.maxBytes) letters, digits and -_.:/+=~",
        in: Self.source)
    }
    try Self.checkTimestamp(values["timestamp"])
    context = try Self.context(values["context"], maxBytes: maxContextBytes)
    data =
      values["data"].flatMap { content.getSlice(at: content.readerIndex + $0.startIndex, length: $0.count) }
      ?? ByteBuffer()
  }

  private static func text(
    _ values: [String: ArraySlice<UInt8>], _ name: String, required: Bool
  ) throws(GatewayError) -> String? {
    guard let value = values[name] else {
      if required { throw .badValue(field: name, reason: "is missing", in: source) }
      return nil
    }
    do throws(JSONObjectScanner.Failure) {
      guard value.count <= 512, let text = try JSONObjectScanner.string(value), !text.isEmpty else {
        throw JSONObjectScanner.Failure(offset: 0, reason: "expected a short string")
      }
      return text
    } catch {
      throw .badValue(field: name, reason: error.reason, in: source)
    }
  }

  /// Clients say when they sent the request in whatever form they have; nothing depends on it.
  private static func checkTimestamp(_ value: ArraySlice<UInt8>?) throws(GatewayError) {
    guard let first = value?.first, let count = value?.count else { return }
    guard first == UInt8(ascii: "\"") || first.isASCIIDigit || first == UInt8(ascii: "-"), count <= 64 else {
      throw .badValue(field: "timestamp", reason: "expected a time", in: source)
    }
  }

  private static func context(
    _ value: ArraySlice<UInt8>?, maxBytes: Int
  ) throws(GatewayError) -> [UInt8]? {
    guard let value else { return nil }
    guard value.count <= maxBytes else {
      throw .badValue(field: "context", reason: "is larger than \(maxBytes) bytes", in: source)
    }
    do {
      _ = try Google_Protobuf_Struct(json: Array(value))
    } catch let error as JSONDecodingError {
      let path = error.path.isEmpty ? "context" : "context.\(error.path)"
      throw .badValue(field: path, reason: error.reason, in: source)
    } catch {
      throw .badValue(field: "context", reason: "expected an object", in: source)
    }
    return Array(value)
  }
}
