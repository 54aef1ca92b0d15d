import Logging

extension Logger {
  /// For what a test makes and nobody reads.
  public static let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
}
