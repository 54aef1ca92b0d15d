import NIOCore
import WeftDiscovery
import WeftRegistry

@testable import WeftConsul

/// What Consul's clients send.
enum ConsulFuzz {
  // MARK: Queries

  static func queries(_ bytes: UnsafeRawBufferPointer) throws {
    let text = String(decoding: bytes, as: UTF8.self)
    if let query = try? QueryParameters(text), let options = try? ReadOptions(query) {
      try FuzzFailure.unless(options.wait > .zero, "waits that end before they begin")
      try FuzzFailure.unless(options.jitteredWait >= options.wait, "a wait cut short")
      try FuzzFailure.unless(options.wait <= ReadOptions.longestWait, "a wait without end")
    }
    if let duration = GoDuration.parse(text) {
      let again = GoDuration.parse(GoDuration.format(duration))
      try FuzzFailure.unless(again == duration, "\(duration) was written \(GoDuration.format(duration))")
    }
    if let value = try? JSONParser.parse(Array(bytes)), let body = try? BodyObject(value) {
      for name in ["a", "TTL", "interval", "Lock_Delay"] {
        if let duration = try? body.duration(name) { _ = GoDuration.format(duration) }
        _ = try? body.integer(name, as: UInt64.self)
        _ = try? body.stringMap(name)
        _ = try? body.objects(name)
      }
    }
    _ = ConsulResponder.clean(text)
  }

  // MARK: Filters

  private static let view: ServiceView = {
    var instance = ServiceInstance(
      service: "web", id: "web-1", address: "10.0.0.1", port: 80, tags: ["a", "ü"],
      metadata: ["version": "1.2", "a.b": "c"], lease: nil)
    instance.checks = [HealthCheck(id: "c", name: "ttl", kind: .ttl(.seconds(10)))]
    return ServiceView(instance, on: Node(name: "weft", address: "127.0.0.1", metadata: ["rack": "r"]))
  }()
  private static let health = ServiceView.healthSchema(datacenter: "dc1")
  private static let flat = ServiceView.flatSchema(datacenter: "dc1")
  private static let node = Node.schema(datacenter: "dc1")

  static func filters(_ bytes: UnsafeRawBufferPointer) throws {
    let text = String(decoding: bytes, as: UTF8.self)
    try compare(text, health, view)
    try compare(text, flat, view)
    try compare(text, node, view.node)
    for check in view.checks { try compare(text, CheckView.schema, check) }
  }

  /// A filter and its opposite never agree.
  private static func compare<Record>(
    _ text: String, _ schema: FilterSchema<Record>, _ record: Record
  ) throws {
    guard let expression = try? FilterParser.parse(text), let filter = try? schema.compile(expression) else {
      return
    }
    let answer = filter(record)
    if let opposite = try? schema.compile(.not(expression)) {
      try FuzzFailure.unless(opposite(record) != answer, "a filter agrees with its opposite")
    }
    guard let opposite = try schema.filter("not (\(text))") else { return }
    try FuzzFailure.unless(opposite(record) != answer, "a filter in parentheses means something else")
  }

  // MARK: Patterns

  /// The first line is the pattern, the rest the text.
  static func patterns(_ bytes: UnsafeRawBufferPointer) throws {
    let parts = String(decoding: bytes, as: UTF8.self)
      .split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false)
    let (source, text) = (String(parts[0]), parts.count > 1 ? String(parts[1]) : "")
    guard let pattern = try? Pattern(source) else { return }
    let occurs = pattern.occurs(in: text)
    // Forms that mean the same, unless the pattern leaves a quotation open.
    guard !source.contains("\\Q") else { return }
    for form in ["(\(source))", "(?:\(source))|(?:\(source))", "(?s:.*?)(?:\(source))"] {
      guard let same = try? Pattern(form) else { continue }
      try FuzzFailure.unless(same.occurs(in: text) == occurs, "\(form) answers otherwise than \(source)")
    }
  }

  // MARK: Requests

  private static let stage = ConsulStage()

  /// `PUT /v1/kv/a?flags=1`, a line break, and the body.
  static func requests(_ bytes: [UInt8]) async throws {
    let end = bytes.firstIndex(of: UInt8(ascii: "\n")) ?? bytes.endIndex
    let line = String(decoding: bytes[..<end], as: UTF8.self)
    let words = line.split(separator: " ", maxSplits: 1)
    // A read that waits for changes waits for minutes.
    guard words.count == 2, words[1].hasPrefix("/v1/"), !line.contains("index") else { return }
    let answer = try await stage.ask(
      String(words[0]), String(words[1]), ByteBuffer(bytes: bytes[min(end + 1, bytes.endIndex)...]))
    try FuzzFailure.unless((200..<600).contains(answer.status), "status \(answer.status)")
    try FuzzFailure.unless(
      answer.status != 500 || !String(buffer: answer.body).contains("internal error"), "an error nobody met")
    guard answer.isJSON else { return }
    do { _ = try JSONParser.parse(Array(answer.body.readableBytesView)) } catch {
      throw FuzzFailure(description: "an answer that is no JSON: \(error)")
    }
  }
}
