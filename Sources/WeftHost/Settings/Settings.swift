/// The settings of a process, read once at its start, each with where it came from.
public struct Settings: Sendable {
  /// Where a value came from, weakest first.
  public enum Source: Sendable, Hashable, CustomStringConvertible {
    case defaults
    case file(path: String)
    case environment(variable: String)
    case flag(name: String)

    public var description: String {
      switch self {
      case .defaults: "default"
      case .file(let path): path
      case .environment(let variable): variable
      case .flag(let name): name
      }
    }
  }

  struct Entry: Sendable {
    let value: any SettingValue
    let source: Source
  }

  var entries: [String: Entry] = [:]

  /// The value of a setting; its default when nothing set it.
  public subscript<Value>(key: SettingKey<Value>) -> Value {
    (entries[key.name]?.value as? Value) ?? key.defaultValue
  }

  public func source(of key: some SettingDeclaration) -> Source {
    entries[key.name]?.source ?? .defaults
  }
}

/// A setting that was refused: which one, where it stands, and why.
public struct SettingsError: Error, Sendable, CustomStringConvertible {
  public let key: String
  public let source: String
  public let reason: String

  public init(key: String, source: String, reason: String) {
    self.key = key
    self.source = source
    self.reason = reason
  }

  public var description: String {
    key.isEmpty ? "\(source): \(reason)" : "setting '\(key)' from \(source): \(reason)"
  }
}
