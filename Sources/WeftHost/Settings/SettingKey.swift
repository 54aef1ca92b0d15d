/// A type that a setting can have: how its text is read, and what to call it in an error.
public protocol SettingValue: Sendable {
  static var kind: String { get }
  static func parse(_ text: String) -> Self?
  /// The text from which the same value is read back.
  var text: String { get }
}

/// One setting that a process understands: its name, its default and what it accepts.
///
/// The key is written the same everywhere: `log-level` is `log-level:` or `log_level:` in the file,
/// `WEFT_LOG_LEVEL` in the environment and `--log-level` as a flag.
public struct SettingKey<Value: SettingValue>: SettingDeclaration {
  public let name: String
  public let defaultValue: Value
  public let help: String
  /// Names that mean the same, for those who know them from elsewhere.
  public let otherNames: [String]
  let check: @Sendable (Value) -> String?

  /// - Parameters:
  ///   - check: what is wrong with a value that was read, or nil when it is good.
  public init(
    _ name: String, default defaultValue: Value, help: String, otherNames: [String] = [],
    check: @escaping @Sendable (Value) -> String? = { _ in nil }
  ) {
    self.name = name
    self.defaultValue = defaultValue
    self.help = help
    self.otherNames = otherNames
    self.check = check
  }
}

extension SettingKey where Value: Comparable {
  public init(
    _ name: String, default defaultValue: Value, in range: ClosedRange<Value>, help: String,
    otherNames: [String] = []
  ) {
    self.init(name, default: defaultValue, help: help, otherNames: otherNames) { value in
      range.contains(value) ? nil : "must be \(range.lowerBound.text) to \(range.upperBound.text)"
    }
  }
}

/// A ``SettingKey`` of any type.
public protocol SettingDeclaration: Sendable {
  var name: String { get }
  var otherNames: [String] { get }
  var help: String { get }
  var defaultText: String { get }
  var isSwitch: Bool { get }
  /// The value, or what is wrong with the text.
  func read(_ text: String) -> Result<any SettingValue, SettingProblem>
}

/// What is wrong with a value; the loader adds where it came from.
public struct SettingProblem: Error, Sendable {
  public let reason: String
}

extension SettingKey {
  public var defaultText: String { defaultValue.text }
  public var isSwitch: Bool { Value.self == Bool.self }

  public func read(_ text: String) -> Result<any SettingValue, SettingProblem> {
    guard let value = Value.parse(text) else {
      return .failure(SettingProblem(reason: "must be \(Value.kind)"))
    }
    if let reason = check(value) { return .failure(SettingProblem(reason: reason)) }
    return .success(value)
  }
}
