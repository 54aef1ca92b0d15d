import Synchronization

/// Keeps calls as they were on the wire, in gRPC's own form (gRFC A16): for looking at them later, or for playing them
/// back with `weft replay`.
///
/// Give one to `RPCServerConfiguration.binaryLog` or `ChannelOptions.binaryLog`. What credentials travel in is left out.
public final class BinaryLog: Sendable {
  private let filter: BinaryLogFilter
  private let sink: any BinaryLogSink
  /// Begins anywhere, so that a process that goes on with the file of its predecessor uses other numbers.
  private let nextCall = Atomic<UInt64>(UInt64.random(in: 1...UInt64.max >> 2))

  public init(filter: BinaryLogFilter, sink: any BinaryLogSink) {
    self.filter = filter
    self.sink = sink
  }

  /// Waits until what was kept so far is where it belongs.
  public func flush() async { await sink.flush() }

  /// What keeps one call; nil when its method is not logged.
  func recorder(for path: String, _ logger: Grpc_Binarylog_V1_GrpcLogEntry.Logger) -> CallRecorder? {
    guard let limits = filter.limits(for: path) else { return nil }
    return CallRecorder(
      id: nextCall.wrappingAdd(1, ordering: .relaxed).oldValue, logger: logger, limits: limits, sink: sink)
  }
}

/// Takes the entries of a binary log. Called on event loops: it must return at once and never block.
public protocol BinaryLogSink: Sendable {
  /// - Parameter entry: a serialised `grpc.binarylog.v1.GrpcLogEntry`.
  func write(_ entry: [UInt8])
  /// Waits until what was written so far is where it belongs.
  func flush() async
}

extension BinaryLogSink {
  public func flush() async {}
}
