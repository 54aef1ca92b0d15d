/// One piece of work that is done, as tracing systems want it told.
public struct TraceSpan: Sendable {
  /// Which side of a call it stands for.
  public enum Kind: Sendable, Hashable { case server, client, `internal` }

  public enum Attribute: Sendable, Hashable {
    case string(String)
    case int(Int)
    case double(Double)
    case bool(Bool)
  }

  /// Something that happened at one moment of the work.
  public struct Event: Sendable {
    public var name: String
    /// Nanoseconds since 1970, UTC.
    public var time: UInt64
    public var attributes: [(key: String, value: Attribute)]

    public init(name: String, time: UInt64, attributes: [(key: String, value: Attribute)] = []) {
      self.name = name
      self.time = time
      self.attributes = attributes
    }
  }

  /// For calls `package.Service/Method`.
  public var name: String
  public var kind: Kind
  public var context: TraceContext
  /// The span that asked for this one; nil for the first of a trace.
  public var parentSpanID: UInt64?
  /// Nanoseconds since 1970, UTC.
  public var start: UInt64
  public var end: UInt64
  public var status: StatusCode
  /// What went wrong, for people. Empty when nothing did.
  public var message: String
  /// In the terms of OpenTelemetry's semantic conventions, such as `rpc.system`.
  public var attributes: [(key: String, value: Attribute)]
  public var events: [Event] = []
  /// Other work that this has to do with, beside the one that asked for it.
  public var links: [TraceContext] = []

  public init(
    name: String, kind: Kind, context: TraceContext, parentSpanID: UInt64?, start: UInt64, end: UInt64,
    status: StatusCode, message: String, attributes: [(key: String, value: Attribute)]
  ) {
    self.name = name
    self.kind = kind
    self.context = context
    self.parentSpanID = parentSpanID
    self.start = start
    self.end = end
    self.status = status
    self.message = message
    self.attributes = attributes
  }
}

/// Takes the spans of sampled work. Called on event loops: it must return at once and never block.
public protocol SpanSink: Sendable {
  func record(_ span: TraceSpan)
}
