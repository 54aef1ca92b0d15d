import WeftProtobuf

/// The `import` statements of a file.
struct ImportEmitter {
  let file: FileDescriptor
  let context: EmissionContext
  let emitsServices: Bool

  func emit(_ writer: inout CodeWriter) {
    let shown = modulesOfDeclarations
    for module in shown.union(modulesOfImports).sorted() {
      writer.line("\(access(of: module, shown))import \(module)")
    }
  }

  /// Modules whose types stand in what is declared.
  private var modulesOfDeclarations: Set<String> {
    var modules: Set<String> = ["WeftProtobuf"]
    if emitsServices { modules.insert("WeftRPC") }
    var files: Set<String> = []
    if context.options.types { for message in file.messages { addFiles(of: message, to: &files) } }
    if emitsServices {
      for method in file.services.flatMap(\.methods) {
        files.formUnion([method.input.file.name, method.output.file.name])
      }
    }
    modules.formUnion(files.compactMap(context.options.module))
    return withoutOwn(modules)
  }

  private func addFiles(of message: MessageDescriptor, to files: inout Set<String>) {
    for field in message.fields {
      if let file = field.messageType?.file ?? field.enumType?.file { files.insert(file.name) }
    }
    for nested in message.nestedMessages { addFiles(of: nested, to: &files) }
  }

  /// Modules with the descriptors of imported files.
  private var modulesOfImports: Set<String> {
    withoutOwn(Set(context.visibleFiles(from: file).compactMap(context.options.module)))
  }

  private func withoutOwn(_ modules: Set<String>) -> Set<String> {
    var others = modules
    if let own = context.options.module { others.remove(own) }
    return others
  }

  /// What nothing public shows is imported internally, or the compiler warns.
  private func access(of module: String, _ shown: Set<String>) -> String {
    guard context.options.accessLevelOnImports else { return "" }
    return shown.contains(module) && !context.access.isEmpty ? context.access : "internal "
  }
}
