import Logging
import WeftHTTP2

/// One structured line for each request.
///
/// The query is left out, since clients put secrets there; so are all header fields but the request's identifier.
struct AccessLog: Sendable {
  let logger: Logger
  let isEnabled: Bool

  static let maxPathBytes = 512

  func write(_ request: HTTPRequestHead, path: String, _ record: RequestRecord, duration: Duration) {
    let level: Logger.Level = record.status >= 500 && record.status != 501 ? .warning : .info
    guard isEnabled, logger.logLevel <= level else { return }
    var metadata: Logger.Metadata = [
      "request_id": "\(record.requestID)",
      "http_method": "\(request.method)",
      "path": "\(path.utf8.count > Self.maxPathBytes ? String(path.prefix(Self.maxPathBytes)) : path)",
      "status": "\(record.status)",
      "duration_ms": "\(duration.milliseconds)",
      "bytes": "\(record.bytesOut)",
      "peer": "\(request.peer.remoteAddress)",
    ]
    if let method = record.method { metadata["method"] = "\(method)" }
    if let service = record.service { metadata["service"] = "\(service)" }
    if let messages = record.messages { metadata["messages"] = "\(messages)" }
    if let failure = record.failure {
      metadata["code"] = "\(record.code.name)"
      metadata["error"] = "\(failure)"
    }
    logger.log(level: level, "request", metadata: metadata)
  }
}

extension Duration {
  /// With three decimals.
  var milliseconds: Double {
    let (seconds, attoseconds) = components
    return Double(seconds * 1_000_000 + attoseconds / 1_000_000_000_000) / 1_000
  }
}
