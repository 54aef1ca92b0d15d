import Logging
import WeftRPC

/// Sets up logging for a whole process.
public enum WeftLogging {
  /// To be called once, first thing.
  public static func bootstrap(service: String, settings: Settings) {
    let format = settings[HostSettings.logFormat]
    let level = settings[HostSettings.logLevel]
    LoggingSystem.bootstrap { label in
      var handler = WeftLogHandler(service: service, label: label, format: format, level: level)
      handler.metadataProvider = .trace
      return handler
    }
  }
}

extension Logger.MetadataProvider {
  /// The trace that the current task works for, so that a log line leads to its trace and back.
  static let trace = Logger.MetadataProvider {
    guard let trace = CallScope.inherited?.trace else { return [:] }
    return ["trace_id": "\(trace.traceID)", "span_id": "\(trace.spanText)"]
  }
}
