import Logging
import NIOCore
import NIOPosix
import WeftHTTP2
import WeftProtobuf
import WeftRPC

@testable import WeftGateway

/// A service that answers the methods of `everything.proto` with what it was sent, as bytes, over a real connection.
struct EchoService: RPCService {
  static let serviceName = "test.everything.v1.EchoService"
  static let file = ProtoFile_google__protobuf__struct.file

  /// Told of streams that were cancelled.
  var cancelled: @Sendable () -> Void = {}
  /// Told of each message that `Repeat` has written.
  var wrote: @Sendable () -> Void = {}
  /// Answers `Plain` with this name, so that tests can tell instances apart.
  var name = ""

  func register(in router: inout RPCRouter) {
    let prefix = "/\(Self.serviceName)/"
    for method in ["Echo", "Old"] {
      router.rawUnary(MethodPath(path: prefix + method)) { message, _ in message }
    }
    router.rawUnary(MethodPath(path: prefix + "Plain")) { [name] message, context in
      context.addInitialMetadata("seen", for: "x-echo")
      return name.isEmpty ? message : ByteBuffer(bytes: Wire.text(1, name))
    }
    router.rawUnary(MethodPath(path: prefix + "ShowMetadata")) { _, context in
      let lines = context.metadata.map { "\($0.key): \($0.value)" }.sorted()
      return ByteBuffer(bytes: lines.flatMap { Wire.text(10, $0) })
    }
    router.rawUnary(MethodPath(path: prefix + "Fail")) { message, _ in throw Self.failure(for: message) }
    router.rawStreaming(MethodPath(path: prefix + "Repeat", kind: .serverStreaming)) { requests, writer, _ in
      let message = try await Self.first(of: requests)
      for _ in 0..<Self.count(in: message) {
        try await writer.write(message)
        wrote()
      }
    }
    router.rawStreaming(MethodPath(path: prefix + "FailLater", kind: .serverStreaming)) {
      requests, writer, _ in
      let message = try await Self.first(of: requests)
      try await writer.write(message)
      throw Self.failure(for: message)
    }
    router.rawStreaming(MethodPath(path: prefix + "Hang", kind: .serverStreaming)) { requests, writer, _ in
      let message = try await Self.first(of: requests)
      for _ in 0..<Self.count(in: message) { try await writer.write(message) }
      do {
        try await Task.sleep(for: .seconds(3_600))
      } catch {
        cancelled()
        throw error
      }
    }
  }

  private static func first(of requests: RawRequestStream) async throws -> ByteBuffer {
    for try await message in requests { return message }
    throw RPCError(.invalidArgument, "no message")
  }

  /// The field `count`, which is the second.
  private static func count(in message: ByteBuffer) -> Int {
    guard let message = try? dynamic(message), let field = message.descriptor.field(named: "count"),
      let json = try? message.json(field: field), let count = Int(String(decoding: json, as: UTF8.self))
    else { return 0 }
    return count
  }

  private static func failure(for message: ByteBuffer) -> RPCError {
    var info = Google_Rpc_ErrorInfo()
    info.reason = "TEST"
    var any = Google_Protobuf_Any()
    any.typeURL = "type.googleapis.com/google.rpc.ErrorInfo"
    any.value = (try? info.serialized()) ?? []
    var status = Google_Rpc_Status()
    status.details = [any]
    let code = StatusCode(rawValue: count(in: message)) ?? .unknown
    return RPCError(code, "as you like: 如你所愿", details: try? status.serialized())
  }

  private static func dynamic(_ message: ByteBuffer) throws -> DynamicMessage {
    let pool = try Everything.types().pool
    guard let type = pool.message(named: "test.everything.v1.Everything") else {
      throw RPCError(.internalError, "")
    }
    return try DynamicMessage(type, pool: pool, serialized: Array(message.readableBytesView))
  }
}
