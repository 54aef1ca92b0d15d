import Logging
import WeftRPC

extension Logger.Level: SettingValue {
  public static var kind: String { "one of " + allCases.map(\.rawValue).joined(separator: ", ") }
  public static func parse(_ text: String) -> Logger.Level? { Logger.Level(rawValue: text.lowercased()) }
  public var text: String { rawValue }
}

extension WeftLogHandler.Format: SettingValue {
  public static var kind: String { "one of " + allCases.map(\.rawValue).joined(separator: ", ") }
  public static func parse(_ text: String) -> WeftLogHandler.Format? { Self(rawValue: text.lowercased()) }
  public var text: String { rawValue }
}

extension MessageEncoding: SettingValue {
  public static var kind: String { "one of " + allCases.map(\.rawValue).joined(separator: ", ") }
  public static func parse(_ text: String) -> MessageEncoding? { Self(rawValue: text.lowercased()) }
  public var text: String { rawValue }
}

extension DebugPages.Access: SettingValue {
  public static var kind: String { "one of " + allCases.map(\.rawValue).joined(separator: ", ") }
  public static func parse(_ text: String) -> DebugPages.Access? { Self(rawValue: text.lowercased()) }
  public var text: String { rawValue }
}
