/// Settings for another process that reads them with a ``SettingsLoader``.
extension Settings {
  /// Flags that give it the same values. What nothing set here is left out, so that its own default holds.
  public func arguments(for declarations: [any SettingDeclaration]) -> [String] {
    declarations.flatMap { declaration -> [String] in
      guard let text = entries[declaration.name]?.value.text else { return [] }
      // A switch takes no argument after it.
      return declaration.isSwitch ? ["--\(declaration.name)=\(text)"] : ["--\(declaration.name)", text]
    }
  }

  /// Environment variables that give it the same values: for secrets, which have no place among arguments.
  public func environment(for declarations: [any SettingDeclaration]) -> [String: String] {
    var variables: [String: String] = [:]
    for declaration in declarations {
      guard let text = entries[declaration.name]?.value.text else { continue }
      variables[SettingsLoader.variable(for: declaration.name)] = text
    }
    return variables
  }
}
