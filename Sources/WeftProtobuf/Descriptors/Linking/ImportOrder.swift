/// Puts files behind those that they import.
struct ImportOrder {
  let limits: DescriptorLimits

  /// Well-known files may be left out. Refuses two different files of one name, missing imports and import cycles.
  func sort(_ files: [ParsedFile]) throws(DescriptorError) -> [ParsedFile] {
    var byName: [String: ParsedFile] = [:]
    var names: [String] = []
    for file in files {
      try check(file)
      if let other = byName[file.name] {
        guard other.serialized == file.serialized else {
          throw DescriptorError(
            location: file.name, reason: "the set has two different files of this name")
        }
        continue
      }
      byName[file.name] = file
      names.append(file.name)
    }
    try addBundled(to: &byName)
    var sorted: [ParsedFile] = []
    var done: Set<String> = []
    for name in names { try visit(name, byName, path: [], &done, &sorted) }
    return sorted
  }

  /// Well-known files that are imported and not in the set, and what those import.
  private func addBundled(to byName: inout [String: ParsedFile]) throws(DescriptorError) {
    var pending = byName.values.flatMap(\.dependencies)
    while let name = pending.popLast() {
      guard byName[name] == nil, let bytes = BundledFiles.serialized(name) else { continue }
      do throws(WireError) {
        var budget = ParseBudget(limits)
        let file = try ParsedFile(parsing: bytes, budget: &budget)
        byName[name] = file
        pending += file.dependencies
      } catch {
        throw DescriptorError(location: name, reason: error.description)
      }
    }
  }

  /// Recursion is as deep as the longest chain of imports, which `maxFiles` bounds.
  private func visit(
    _ name: String, _ byName: [String: ParsedFile], path: [String], _ done: inout Set<String>,
    _ sorted: inout [ParsedFile]
  ) throws(DescriptorError) {
    guard !done.contains(name) else { return }
    if let start = path.firstIndex(of: name) {
      let cycle = (path[start...] + [name]).joined(separator: " -> ")
      throw DescriptorError(location: name, reason: "files import each other: \(cycle)")
    }
    guard let file = byName[name] else {
      throw DescriptorError(
        location: path.last ?? name, reason: "imports \(name), which the set does not have")
    }
    for dependency in file.dependencies {
      try visit(dependency, byName, path: path + [name], &done, &sorted)
    }
    done.insert(name)
    sorted.append(file)
  }

  private func check(_ file: ParsedFile) throws(DescriptorError) {
    guard !file.name.isEmpty, file.name.utf8.count <= limits.maxNameLength,
      !file.name.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F })
    else {
      throw DescriptorError(location: "descriptor set", reason: "a file has no valid name")
    }
    if let syntax = file.unknownSyntax {
      throw DescriptorError(
        location: file.name, reason: "syntax \"\(syntax)\" is not supported, only proto2 and proto3")
    }
    guard Set(file.dependencies).count == file.dependencies.count else {
      throw DescriptorError(location: file.name, reason: "imports a file twice")
    }
    guard file.publicDependencies.count == file.publicIndices.count else {
      throw DescriptorError(location: file.name, reason: "a public import is out of range")
    }
  }
}
