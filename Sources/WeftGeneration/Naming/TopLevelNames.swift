import WeftProtobuf

/// Who declares which name at the top level of a Swift module.
///
/// Shared while a ``NameTable`` is built, which adds the names of one file after the other.
final class TopLevelNames {
  private var declaring: [String: [String]] = [:]

  /// - Parameter file: name of the `.proto` file whose code declares it.
  func add(_ name: String, by file: String) { declaring[name, default: []].append(file) }

  /// Whether code of one of these files declares the name.
  func isDeclared(_ name: String, in files: Set<String>) -> Bool {
    declaring[name]?.contains(where: files.contains) ?? false
  }

  /// The first name that two of these files declare, and those files, in order of the name.
  func clash(among files: Set<String>) -> (name: String, files: [String])? {
    declaring.mapValues { $0.filter(files.contains) }.filter { $0.value.count > 1 }
      .min { $0.key < $1.key }.map { ($0.key, $0.value) }
  }
}
