import ArgumentParser
import WeftHost

/// Reads a command's settings; prints its help and ends the command when that is asked for.
func readSettings(
  _ declarations: [any SettingDeclaration], arguments: [String], environment: [String: String],
  program: String
) throws -> Settings {
  switch try SettingsLoader(declarations).load(
    arguments: arguments, environment: environment, program: program)
  {
  case .settings(let settings): return settings
  case .help(let text): throw CleanExit.message(text)
  }
}
