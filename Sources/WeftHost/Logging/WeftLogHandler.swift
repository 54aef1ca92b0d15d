import Logging

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
    var line = JSONText.object([
      "timestamp": LogClock.now(), "level": event.level.rawValue, "service": service, "logger": label,
      "message": event.message.description,
    ])
    line.removeLast()
    for (key, value) in fields {
      line.append(UInt8(ascii: ","))
      // A field of the line itself is never overwritten by metadata of the same name.
      JSONText.append(Self.reserved.contains(key) ? "metadata.\(key)" : key, to: &line)
      line.append(UInt8(ascii: ":"))
      Self.append(value, to: &line)
    }
    line += Array("}\n".utf8)
    return line
  }

  private static let reserved: Set<String> = ["timestamp", "level", "service", "logger", "message"]

  private static func append(_ value: Logger.MetadataValue, to line: inout [UInt8]) {
    switch value {
    case .string(let text): JSONText.append(text, to: &line)
    case .stringConvertible(let value): JSONText.append(value.description, to: &line)
    case .array(let values):
      line.append(UInt8(ascii: "["))
      for (index, value) in values.enumerated() {
        if index > 0 { line.append(UInt8(ascii: ",")) }
        append(value, to: &line)
      }
      line.append(UInt8(ascii: "]"))
    case .dictionary(let members):
      line.append(UInt8(ascii: "{"))
      for (index, member) in members.sorted(by: { $0.key < $1.key }).enumerated() {
        if index > 0 { line.append(UInt8(ascii: ",")) }
        JSONText.append(member.key, to: &line)
        line.append(UInt8(ascii: ":"))
        append(member.value, to: &line)
      }
      line.append(UInt8(ascii: "}"))
    }
  }

  private func consoleLine(_ event: LogEvent, fields: [(key: String, value: Logger.MetadataValue)]) -> [UInt8]
  {
    let time = LogClock.now().dropFirst(11).dropLast()
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
