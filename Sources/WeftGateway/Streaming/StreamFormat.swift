import NIOCore

/// How the messages of a stream are set apart in the body of one answer.
enum StreamFormat: Sendable, Hashable {
  /// One JSON document a line. An error is the last line: `{"error":{...}}`.
  case lines
  /// Server-sent events, as the HTML standard defines them for `EventSource`.
  case events

  /// Chooses by the client's `Accept`; nil when it takes neither.
  static func negotiate(_ accept: AcceptHeader) -> StreamFormat? {
    if accept.isEmpty { return .lines }
    let lines = ["application/x-ndjson", "application/ndjson", "application/json", "application/jsonl"]
      .compactMap { accept.preference(for: $0) }
      .max { $0.weight == $1.weight ? $0.position > $1.position : $0.weight < $1.weight }
    let events = accept.preference(for: "text/event-stream")
    switch (lines, events) {
    case (nil, nil): return nil
    case (_?, nil): return .lines
    case (nil, _?): return .events
    case (let lines?, let events?):
      if lines.weight != events.weight { return lines.weight > events.weight ? .lines : .events }
      return events.position < lines.position ? .events : .lines
    }
  }

  var contentType: String {
    switch self {
    case .lines: "application/x-ndjson"
    case .events: "text/event-stream; charset=utf-8"
    }
  }

  /// One message. `number` counts from 1 and is the event's id.
  func message(_ json: some Collection<UInt8>, number: Int) -> ByteBuffer {
    var buffer = ByteBuffer()
    switch self {
    case .lines:
      buffer.reserveCapacity(json.count + 1)
      buffer.writeBytes(json)
      buffer.writeInteger(UInt8(ascii: "\n"))
    case .events:
      buffer.reserveCapacity(json.count + 48)
      buffer.writeString("id: \(number)\nevent: message\ndata: ")
      buffer.writeBytes(json)
      buffer.writeString("\n\n")
    }
    return buffer
  }

  /// The end of a stream that failed: `json` is the error object.
  func failure(_ json: some Collection<UInt8>) -> ByteBuffer {
    var buffer = ByteBuffer()
    switch self {
    case .lines:
      buffer.writeString(#"{"error":"#)
      buffer.writeBytes(json)
      buffer.writeString("}\n")
    case .events:
      buffer.writeString("event: error\ndata: ")
      buffer.writeBytes(json)
      buffer.writeString("\n\n")
    }
    return buffer
  }

  /// The end of a stream that is complete. Without it an `EventSource` could not tell the end from a lost
  /// connection, and would connect again; lines need nothing.
  var completion: ByteBuffer? {
    switch self {
    case .lines: nil
    case .events: ByteBuffer(string: "event: end\ndata: {}\n\n")
    }
  }

  /// Something that means nothing, so that proxies and clients do not take a quiet stream for a dead one.
  var keepAlive: ByteBuffer? {
    switch self {
    case .lines: nil
    case .events: ByteBuffer(string: ": still here\n\n")
    }
  }
}
