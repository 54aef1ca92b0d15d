import Foundation

/// Times of the registry, for people.
enum TimeOfDay {
  /// In UTC, to the second.
  static func text(_ sinceEpoch: Duration) -> String {
    Date(timeIntervalSince1970: Double(sinceEpoch.components.seconds)).formatted(.iso8601)
  }
}
