import WeftRPC

/// One call as a binary log has it.
struct RecordedCall: Sendable {
  struct Request: Sendable {
    /// Since the call began.
    let offset: Duration
    let bytes: [UInt8]
  }

  /// `/package.Service/Method`.
  let method: String
  /// Nanoseconds since 1970.
  let start: UInt64
  let metadata: Metadata
  let timeout: Duration?
  var requests: [Request] = []
  /// When the client said that it sends no more; nil when it never did.
  var halfClose: Duration?
  var replies: [[UInt8]] = []
  /// Whether the log has less of a reply than there was.
  var repliesTruncated = false
  var status: StatusCode?
  /// When the caller broke it off.
  var cancelled: Duration?
  /// From the first entry to the last.
  var duration = Duration.zero
}

/// Gathers the entries of logs into calls.
struct RecordedCalls {
  /// A call that cannot be made again.
  struct LeftOut: Hashable, Sendable {
    /// Nil when the log does not have its beginning.
    var method: String?
    var reason: String
  }

  /// Calls that can be made again, in the order in which they began.
  private(set) var calls: [RecordedCall] = []
  /// Others, and how many there are of each.
  private(set) var leftOut: [LeftOut: Int] = [:]
  /// Calls of methods that nobody wants.
  private(set) var unwanted = 0

  private typealias Entry = Grpc_Binarylog_V1_GrpcLogEntry

  private struct Key: Hashable {
    let logger: Int32
    let id: UInt64
  }

  /// What is known of a call while its entries come in.
  private struct Part {
    var call: RecordedCall?
    var sequence: UInt64 = 0
    var problem: String?
  }

  private var parts: [Key: Part] = [:]

  /// Adds a log. Entries must come in the order in which they were written, older files first.
  mutating func add(_ entries: some Sequence<Grpc_Binarylog_V1_GrpcLogEntry>) {
    for entry in entries { add(entry) }
  }

  /// To be called when all is added.
  ///
  /// - Parameter methods: a part of the path that calls must have; nil takes all.
  mutating func finish(methods: String?) {
    let server = Entry.Logger.server.rawValue
    let hasServer = parts.keys.contains { $0.logger == server }
    for (key, part) in parts {
      guard let call = part.call else {
        leave(nil, "the log does not have the beginning")
        continue
      }
      if let methods, !call.method.contains(methods) {
        unwanted += 1
      } else if hasServer, key.logger != server {
        // A process that logged both sides of its calls to itself must not make them twice: what a server saw is whole.
        leave(call.method, "a client logged it, and a server logged its own")
      } else if let problem = part.problem {
        leave(call.method, problem)
      } else {
        calls.append(call)
      }
    }
    parts = [:]
    calls.sort { $0.start < $1.start }
  }

  private mutating func leave(_ method: String?, _ reason: String) {
    leftOut[LeftOut(method: method, reason: reason), default: 0] += 1
  }

  private mutating func add(_ entry: Entry) {
    let key = Key(logger: entry.logger.rawValue, id: entry.callID)
    var part = parts[key] ?? Part()
    defer { parts[key] = part }
    if entry.sequenceIDWithinCall != part.sequence + 1 { part.problem = "entries are missing" }
    part.sequence = entry.sequenceIDWithinCall
    let time =
      entry.timestamp.map { UInt64(clamping: $0.seconds) &* 1_000_000_000 &+ UInt64(clamping: $0.nanos) } ?? 0
    if let header = entry.clientHeader {
      if entry.payloadTruncated { part.problem = "the metadata is cut" }
      part.call = RecordedCall(
        method: header.methodName, start: time, metadata: Self.metadata(header.metadata),
        timeout: header.timeout?.duration)
      return
    }
    guard var call = part.call else { return }
    defer { part.call = call }
    let offset = Duration.nanoseconds(Int64(clamping: time > call.start ? time - call.start : 0))
    call.duration = max(call.duration, offset)
    switch entry.type {
    case .clientMessage:
      if entry.payloadTruncated { part.problem = "a request is cut" }
      call.requests.append(.init(offset: offset, bytes: entry.message?.data ?? []))
    case .serverMessage:
      call.replies.append(entry.message?.data ?? [])
      if entry.payloadTruncated { call.repliesTruncated = true }
    case .clientHalfClose: call.halfClose = offset
    case .serverTrailer:
      call.status = entry.trailer.flatMap { StatusCode(rawValue: Int($0.statusCode)) } ?? .unknown
    case .cancel: call.cancelled = offset
    case .unknown, .clientHeader, .serverHeader, .unrecognized: break
    }
  }

  private static func metadata(_ recorded: Grpc_Binarylog_V1_Metadata?) -> Metadata {
    var metadata = Metadata()
    for entry in recorded?.entry ?? [] {
      if entry.key.hasSuffix("-bin") {
        metadata.addBinary(entry.value, for: entry.key)
      } else {
        metadata.add(String(decoding: entry.value, as: UTF8.self), for: entry.key)
      }
    }
    return metadata
  }
}
