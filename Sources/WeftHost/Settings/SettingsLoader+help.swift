extension SettingsLoader {
  /// What `--help` prints: every setting, its default, and the three places to set it.
  func help(program: String) -> String {
    let width = declarations.map(\.name.count).max() ?? 0
    var lines = ["Usage: \(program) [--setting value]...", "", "Settings:"]
    for declaration in declarations {
      let name = declaration.name.padded(to: width)
      let value = declaration.defaultText.isEmpty ? "" : " [\(declaration.defaultText)]"
      let also = declaration.otherNames.map { " (also --\($0))" }.joined()
      lines.append("  --\(name)  \(declaration.help)\(value)\(also)")
    }
    lines += [
      "",
      "Each can also be set by an environment variable (--log-level is WEFT_LOG_LEVEL) or in the YAML file",
      "given with --config. A flag wins over the environment, the environment over the file.",
    ]
    return lines.joined(separator: "\n")
  }
}

extension String {
  func padded(to width: Int) -> String {
    self + String(repeating: " ", count: Swift.max(0, width - count))
  }
}

/// Finds what was probably meant.
enum Spelling {
  /// Levenshtein distance; names of settings are short, so the plain quadratic way will do.
  static func distance(_ first: String, _ second: String) -> Int {
    let first = Array(first.utf8.prefix(64))
    var row = Array(0...first.count)
    for (line, byte) in second.utf8.prefix(64).enumerated() {
      var diagonal = row[0]
      row[0] = line + 1
      for column in first.indices {
        let substitution = diagonal + (first[column] == byte ? 0 : 1)
        diagonal = row[column + 1]
        row[column + 1] = min(substitution, diagonal + 1, row[column] + 1)
      }
    }
    return row[first.count]
  }
}
