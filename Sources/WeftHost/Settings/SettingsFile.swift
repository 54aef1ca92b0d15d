import Yams

/// A YAML file of settings: one mapping from names to plain values.
enum SettingsFile {
  static let maxBytes = 1 << 20

  /// `log_level` and `log-level` are the same setting.
  static func canonical(_ name: String) -> String {
    String(name.map { $0 == "_" ? "-" : $0 })
  }

  static func read(path: String) throws(SettingsError) -> [String: SettingsLoader.Raw] {
    let text = try text(at: path)
    let node: Node?
    do {
      node = try Yams.compose(yaml: text)
    } catch {
      throw SettingsError(key: "", source: path, reason: "is not YAML: \(error)")
    }
    guard let node else { return [:] }
    guard let mapping = node.mapping else {
      throw SettingsError(key: "", source: path, reason: "must be a mapping from names of settings to values")
    }
    var layer: [String: SettingsLoader.Raw] = [:]
    for (key, value) in mapping {
      guard let name = key.scalar?.string else {
        throw SettingsError(key: "", source: path, reason: "every key must be plain text")
      }
      let line = value.mark.map { "\(path):\($0.line)" } ?? path
      guard let text = value.scalar?.string else {
        throw SettingsError(key: name, source: line, reason: "must be a plain value, not a list or a mapping")
      }
      let raw = SettingsLoader.Raw(text: text, source: .file(path: line))
      guard layer.updateValue(raw, forKey: canonical(name)) == nil else {
        throw SettingsError(key: name, source: line, reason: "is set twice in this file")
      }
    }
    return layer
  }

  private static func text(at path: String) throws(SettingsError) -> String {
    do {
      return try TextFile.read(path: path, maxBytes: maxBytes)
    } catch {
      throw SettingsError(key: "", source: path, reason: error.description)
    }
  }
}
