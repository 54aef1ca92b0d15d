import NIOCore
import WeftHTTP2
import WeftProtobuf

/// Writes the entries of one call to a binary log. On the loop of the call's connection only.
final class CallRecorder: @unchecked Sendable {
  // Sound as `Sendable`: `sequence` is touched on one loop only, the rest never changes.

  typealias Entry = Grpc_Binarylog_V1_GrpcLogEntry

  /// Of a message that this side packed itself.
  private static let maxUnpackedBytes = 256 << 20

  private let id: UInt64
  private let logger: Entry.Logger
  private let limits: BinaryLogFilter.Limits
  private let sink: any BinaryLogSink
  private var sequence: UInt64 = 0
  /// The other end, until it was told.
  private var peer: String?

  init(id: UInt64, logger: Entry.Logger, limits: BinaryLogFilter.Limits, sink: any BinaryLogSink) {
    self.id = id
    self.logger = logger
    self.limits = limits
    self.sink = sink
  }

  /// - Parameter peer: told with this entry on a server, and with the first that comes from it on a client.
  func clientHeader(
    method: String, authority: String, timeout: Duration?,
    fields: some Sequence<(name: String, value: String)>,
    peer: String
  ) {
    self.peer = peer
    var truncated = false
    var header = Grpc_Binarylog_V1_ClientHeader()
    header.methodName = method
    header.authority = authority
    header.timeout = timeout.map { Google_Protobuf_Duration($0) }
    header.metadata = metadata(fields, &truncated)
    write(.clientHeader, .clientHeader(header), truncated, tellsPeer: logger == .server)
  }

  func serverHeader(_ fields: some Sequence<(name: String, value: String)>) {
    var truncated = false
    var header = Grpc_Binarylog_V1_ServerHeader()
    header.metadata = metadata(fields, &truncated)
    write(.serverHeader, .serverHeader(header), truncated, tellsPeer: logger == .client)
  }

  func message(_ type: Entry.EventType, _ bytes: UnsafeRawBufferPointer) {
    var message = Grpc_Binarylog_V1_Message()
    message.length = UInt32(clamping: bytes.count)
    message.data = Array(bytes.prefix(limits.messageBytes))
    write(type, .message(message), message.data.count < bytes.count)
  }

  /// A message that may be packed, which it is not in the log.
  func message(_ type: Entry.EventType, _ received: ReceivedMessage) {
    let bytes = (try? received.unpacked()) ?? received.bytes
    bytes.withUnsafeReadableBytes { message(type, $0) }
  }

  /// A message with gRPC's five bytes in front.
  func message(_ type: Entry.EventType, framed: ByteBuffer, _ encoding: @autoclosure () -> MessageEncoding) {
    var rest = framed
    guard let flag = rest.readInteger(as: UInt8.self), rest.readInteger(as: UInt32.self) != nil else {
      return
    }
    if flag == 1,
      let packed = try? ReceivedMessage(
        rest, isCompressed: true, head: ["grpc-encoding": encoding().rawValue], limit: Self.maxUnpackedBytes)
    {
      return message(type, packed)
    }
    rest.withUnsafeReadableBytes { message(type, $0) }
  }

  func halfClose() { write(.clientHalfClose, nil, false) }
  func cancel() { write(.cancel, nil, false) }

  /// - Parameter fields: the trailers, with those of the protocol or without.
  func trailer(_ error: RPCError?, _ fields: some Sequence<(name: String, value: String)>) {
    var truncated = false
    var trailer = Grpc_Binarylog_V1_Trailer()
    trailer.metadata = metadata(fields, &truncated)
    trailer.statusCode = UInt32(error?.code.rawValue ?? 0)
    trailer.statusMessage = error?.message ?? ""
    trailer.statusDetails = error?.details ?? []
    write(.serverTrailer, .trailer(trailer), truncated, tellsPeer: logger == .client)
  }

  private func write(
    _ type: Entry.EventType, _ payload: Entry.OneOf_Payload?, _ isTruncated: Bool, tellsPeer: Bool = false
  ) {
    sequence += 1
    var entry = Entry()
    let now = WallClock.now()
    entry.timestamp = .with {
      $0.seconds = Int64(now / 1_000_000_000)
      $0.nanos = Int32(now % 1_000_000_000)
    }
    entry.callID = id
    entry.sequenceIDWithinCall = sequence
    entry.type = type
    entry.logger = logger
    entry.payload = payload
    entry.payloadTruncated = isTruncated
    if tellsPeer, let peer {
      entry.peer = Self.address(peer)
      self.peer = nil
    }
    // What cannot be serialised, because it is larger than protobuf allows, is left out.
    if let bytes = try? entry.serialized() { sink.write(bytes) }
  }

  private func metadata(
    _ fields: some Sequence<(name: String, value: String)>, _ isTruncated: inout Bool
  ) -> Grpc_Binarylog_V1_Metadata {
    var metadata = Grpc_Binarylog_V1_Metadata()
    var left = limits.headerBytes
    for field in fields where !Self.isLeftOut(field.name) {
      var entry = Grpc_Binarylog_V1_MetadataEntry()
      entry.key = field.name
      entry.value = Self.bytes(of: field)
      let size = entry.key.utf8.count + entry.value.count
      guard size <= left else {
        isTruncated = true
        continue
      }
      left -= size
      metadata.entry.append(entry)
    }
    return metadata
  }

  private static func bytes(of field: (name: String, value: String)) -> [UInt8] {
    guard field.name.hasSuffix("-bin") else { return Array(field.value.utf8) }
    var text = Array(field.value.utf8)
    return text.withUnsafeMutableBufferPointer { Base64.decode(UnsafeBufferPointer($0)) } ?? text
  }

  /// Fields of the protocol, and those that carry credentials: a log is no place for them.
  private static func isLeftOut(_ name: String) -> Bool {
    if Metadata.isReserved(name) { return true }
    switch name {
    case "user-agent", "authorization", "proxy-authorization", "cookie", "set-cookie", "x-api-key":
      return true
    default: return false
    }
  }

  /// - Parameter text: as in `PeerInfo`: `1.2.3.4:80`, `[::1]:80` or `unix:path`.
  private static func address(_ text: String) -> Grpc_Binarylog_V1_Address {
    var address = Grpc_Binarylog_V1_Address()
    if text.hasPrefix("unix:") {
      address.type = .unix
      address.address = String(text.dropFirst("unix:".count))
    } else if let colon = text.lastIndex(of: ":"), let port = UInt32(text[text.index(after: colon)...]) {
      let host = text[..<colon]
      address.type = host.hasPrefix("[") ? .ipv6 : .ipv4
      address.address = host.filter { $0 != "[" && $0 != "]" }
      address.ipPort = port
    } else {
      address.address = text
    }
    return address
  }
}
