import Logging

/// Sets up logging for a whole process.
public enum WeftLogging {
  /// To be called once, first thing.
  public static func bootstrap(service: String, settings: Settings) {
    let format = settings[HostSettings.logFormat]
    let level = settings[HostSettings.logLevel]
    LoggingSystem.bootstrap { label in
      WeftLogHandler(service: service, label: label, format: format, level: level)
    }
  }
}
