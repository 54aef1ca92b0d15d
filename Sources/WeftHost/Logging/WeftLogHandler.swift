import Logging
import WeftProtobuf
import WeftRPC

/// A log handler for machines (one JSON object a line) or for people (one readable line).
public struct WeftLogHandler: LogHandler {
  public enum Format: String, Sendable, CaseIterable {
    case console
    case json
  }

  let service: String
  let label: String
  let format: Format
  let sink: LogSink
  public var logLevel: Logger.Level
  public var metadata: Logger.Metadata = [:]
  public var metadataProvider: Logger.MetadataProvider?

  public init(
    service: String, label: String, format: Format, level: Logger.Level, sink: LogSink = .standardError
  ) {
    self.service = service
    self.label = label
    self.format = format
    self.logLevel = level
    self.sink = sink
  }

  public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  public func log(event: LogEvent) {
    // The nearest wins: what the statement says, then the logger, then the task.
    var all = metadataProvider?.get() ?? [:]
    all.merge(metadata) { $1 }
    if let own = event.metadata { all.merge(own) { $1 } }
    if let error = event.error { all["error"] = "\(error)" }
    let fields = all.sorted { $0.key < $1.key }
    switch format {
    case .json: sink(jsonLine(event, fields: fields))
    case .console: sink(consoleLine(event, fields: fields))
    }
  }

  private func jsonLine(_ event: LogEvent, fields: [(key: String, value: Logger.MetadataValue)]) -> [UInt8] {
    var line = JSONOutput(escaping: .standard)
    line.beginObject()
    line.field("timestamp", UTCTime.now().text)
    line.field("level", event.level.rawValue)
    line.field("service", service)
    line.field("logger", label)
    line.field("message", event.message.description)
    for (key, value) in fields {
      // A field of the line itself is never overwritten by metadata of the same name.
      line.key(Self.reserved.contains(key) ? "metadata.\(key)" : key)
      Self.write(value, to: &line)
    }
    line.endObject()
    return line.bytes + [UInt8(ascii: "\n")]
  }

  private static let reserved: Set<String> = ["timestamp", "level", "service", "logger", "message"]

  private static func write(_ value: Logger.MetadataValue, to line: inout JSONOutput) {
    switch value {
    case .string(let text): line.string(text)
    case .stringConvertible(let value): line.string(value.description)
    case .array(let values): line.array(values) { write($1, to: &$0) }
    case .dictionary(let members):
      line.beginObject()
      for (key, value) in members.sorted(by: { $0.key < $1.key }) {
        line.key(key)
        write(value, to: &line)
      }
      line.endObject()
    }
  }

  private func consoleLine(_ event: LogEvent, fields: [(key: String, value: Logger.MetadataValue)]) -> [UInt8]
  {
    let time = UTCTime.now().text.dropFirst(11).dropLast()
    var text =
      "\(time) \(event.level.rawValue.uppercased().padded(to: 7)) \(service.padded(to: 8)) \(event.message)"
    for (key, value) in fields { text += " \(key)=\(value)" }
    // A message that carries a line break must not look like two messages.
    var line: [UInt8] = []
    for byte in text.utf8 where byte != 0 {
      line.append(byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") ? UInt8(ascii: " ") : byte)
    }
    line.append(UInt8(ascii: "\n"))
    return line
  }
}
