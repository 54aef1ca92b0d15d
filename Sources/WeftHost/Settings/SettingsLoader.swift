/// Reads settings from flags, environment and file. Flags win over environment, environment over file.
public struct SettingsLoader: Sendable {
  /// What the command line came to.
  public enum Outcome: Sendable {
    case settings(Settings)
    case help(String)
  }

  /// Environment variables of this prefix are settings: an unknown one is a mistake, not noise.
  static let environmentPrefix = "WEFT_"
  /// Families of variables that other parts of the project read: the supervisor, tests and benchmarks.
  static let foreignPrefixes = [
    "WEFT_UP_", "WEFT_TEST_", "WEFT_FUZZ_", "WEFT_BENCH_", "WEFT_ONLY", "WEFT_BINARY",
  ]
  static let configurationFile = SettingKey<String>(
    "config", default: "", help: "YAML file with any of these settings")

  let declarations: [any SettingDeclaration]
  private let byName: [String: any SettingDeclaration]

  /// Later declarations replace earlier ones of the same name: a service can change a default.
  public init(_ declarations: [any SettingDeclaration]) {
    var byName: [String: any SettingDeclaration] = [:]
    var names: [String] = []
    for declaration in declarations + [Self.configurationFile] {
      if byName.updateValue(declaration, forKey: declaration.name) == nil { names.append(declaration.name) }
    }
    self.declarations = names.compactMap { byName[$0] }
    for declaration in self.declarations {
      for name in declaration.otherNames where byName[name] == nil { byName[name] = declaration }
    }
    self.byName = byName
  }

  public func load(
    arguments: [String], environment: [String: String], program: String
  ) throws(SettingsError) -> Outcome {
    if arguments.contains(where: { $0 == "--help" || $0 == "-h" }) { return .help(help(program: program)) }
    let flags = try flags(in: arguments)
    let variables = try variables(in: environment)

    var settings = Settings()
    if let file = flags[Self.configurationFile.name] ?? variables[Self.configurationFile.name],
      !file.text.isEmpty
    {
      try merge(SettingsFile.read(path: file.text), into: &settings)
    }
    try merge(variables, into: &settings)
    try merge(flags, into: &settings)
    return .settings(settings)
  }

  /// A value as it was written, before it is judged.
  struct Raw {
    let text: String
    let source: Settings.Source
  }

  private func merge(_ layer: [String: Raw], into settings: inout Settings) throws(SettingsError) {
    // In order of name, so that of two mistakes always the same one is told.
    for (name, raw) in layer.sorted(by: { $0.key < $1.key }) {
      guard let declaration = byName[name] else { throw unknown(name, source: raw.source) }
      let name = declaration.name
      switch declaration.read(raw.text) {
      case .success(let value): settings.entries[name] = Settings.Entry(value: value, source: raw.source)
      case .failure(let problem):
        throw SettingsError(
          key: name, source: raw.source.description,
          reason: "\(problem.reason), not \"\(raw.text.prefix(80))\"")
      }
    }
  }

  /// The environment variable of a setting: `log-level` is `WEFT_LOG_LEVEL`.
  static func variable(for name: String) -> String {
    environmentPrefix + String(name.uppercased().map { $0 == "-" ? "_" : $0 })
  }

  private func variables(in environment: [String: String]) throws(SettingsError) -> [String: Raw] {
    var layer: [String: Raw] = [:]
    for (variable, text) in environment {
      guard variable.hasPrefix(Self.environmentPrefix),
        !Self.foreignPrefixes.contains(where: variable.hasPrefix)
      else { continue }
      let name = variable.dropFirst(Self.environmentPrefix.count).lowercased()
      let canonical = SettingsFile.canonical(name)
      layer[byName[canonical]?.name ?? canonical] = Raw(text: text, source: .environment(variable: variable))
    }
    return layer
  }

  private func flags(in arguments: [String]) throws(SettingsError) -> [String: Raw] {
    var layer: [String: Raw] = [:]
    var rest = arguments[...]
    while let argument = rest.popFirst() {
      guard argument.hasPrefix("--"), argument.count > 2 else {
        throw SettingsError(key: "", source: "command line", reason: "unexpected argument '\(argument)'")
      }
      let parts = argument.dropFirst(2).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      var name = parts.first.map(String.init) ?? ""
      var text = parts.count > 1 ? String(parts[1]) : nil
      if text == nil, name.hasPrefix("no-"), byName[String(name.dropFirst(3))]?.isSwitch == true {
        name = String(name.dropFirst(3))
        text = "false"
      }
      guard let declaration = byName[name] else { throw unknown(name, source: .flag(name: "--\(name)")) }
      if text == nil { text = declaration.isSwitch ? "true" : rest.popFirst() }
      guard let text else {
        throw SettingsError(key: name, source: "--\(name)", reason: "needs a value after it")
      }
      layer[declaration.name] = Raw(text: text, source: .flag(name: "--\(name)"))
    }
    return layer
  }

  private func unknown(_ name: String, source: Settings.Source) -> SettingsError {
    let close = declarations.map(\.name).min { Spelling.distance($0, name) < Spelling.distance($1, name) }
    let hint = close.flatMap { Spelling.distance($0, name) <= 2 ? "; did you mean '\($0)'?" : nil } ?? ""
    return SettingsError(key: name, source: source.description, reason: "is not known\(hint)")
  }
}
