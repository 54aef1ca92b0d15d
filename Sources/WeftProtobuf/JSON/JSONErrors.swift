/// Why JSON was refused, and where.
public struct JSONDecodingError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The value at fault, from the outermost message, such as `config.langs[1]` or `labels["a"].size`; empty for the
  /// message itself.
  public var path: String
  public let reason: String
  /// Where in the text.
  public let byteOffset: Int

  public init(path: String = "", reason: String, byteOffset: Int = 0) {
    self.path = path
    self.reason = reason
    self.byteOffset = byteOffset
  }

  public var description: String {
    path.isEmpty ? "\(reason) (byte \(byteOffset))" : "\(path): \(reason) (byte \(byteOffset))"
  }

  func inField(_ name: String) -> JSONDecodingError { with(FieldPath.joined(name, path)) }

  func inElement(_ index: Int) -> JSONDecodingError { with(FieldPath.joined("[\(index)]", path)) }

  func inEntry(_ key: String) -> JSONDecodingError { with(FieldPath.joined("[\"\(key)\"]", path)) }

  private func with(_ path: String) -> JSONDecodingError {
    var copy = self
    copy.path = path
    return copy
  }
}

/// Why a message has no JSON form.
public struct JSONEncodingError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The value at fault, from the outermost message; empty for the message itself.
  public var path: String
  public let reason: String

  public init(path: String = "", reason: String) {
    self.path = path
    self.reason = reason
  }

  public var description: String { path.isEmpty ? reason : "\(path): \(reason)" }

  func inField(_ name: String) -> JSONEncodingError {
    JSONEncodingError(path: FieldPath.joined(name, path), reason: reason)
  }
}

enum FieldPath {
  /// `outer.inner`, where an inner index or key needs no dot.
  static func joined(_ outer: String, _ inner: String) -> String {
    inner.isEmpty || inner.hasPrefix("[") ? outer + inner : outer + "." + inner
  }
}
