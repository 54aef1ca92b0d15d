import ArgumentParser
import WeftHost
import WeftRPC

/// One deadline for all that a command does: looking a service up, learning its types, the call itself.
enum CommandDeadline {
  /// Runs `body`, whose calls all end with DEADLINE_EXCEEDED when the time is over.
  ///
  /// - Parameter timeout: nil leaves each call its own.
  static func run<R>(_ timeout: Duration?, _ body: () async throws -> R) async throws -> R {
    guard let timeout else { return try await body() }
    return try await CallScope.$current.withValue(CallScope(deadline: .now + timeout), operation: body)
  }

  /// - Parameter text: what a person gave as `--timeout`: `500ms`, `5s`, or `5`, which is seconds too.
  static func parse(_ text: String) throws -> Duration {
    if let duration = Duration.parse(text) { return duration }
    if let seconds = Double(text), (0...1e9).contains(seconds) { return .seconds(seconds) }
    throw ValidationError("--timeout must be \(Duration.kind), not '\(text)'")
  }

  /// For a call that must end some time: `limit`, unless the command has a deadline.
  static func or(_ limit: Duration) -> Duration? {
    CallScope.current?.deadline == nil ? limit : nil
  }
}
