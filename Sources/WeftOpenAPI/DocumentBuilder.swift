import WeftProtobuf

/// Collects the operations of a document.
struct DocumentBuilder {
  let services: [ServiceDescriptor]
  let options: OpenAPIOptions
  private var book = SchemaBook()
  private var problems: [String] = []
  /// By path as written in the document, in the order of the first method at each.
  private var paths: [(path: String, operations: JSONObject)] = []
  private var indices: [String: Int] = [:]
  /// What the first path of a shape called its placeholders: all others must call them so too.
  private var namesByShape: [String: [String]] = [:]
  private var ids: Set<String> = []

  init(services: [ServiceDescriptor], options: OpenAPIOptions) {
    self.services = services
    self.options = options
  }

  mutating func add(_ method: MethodDescriptor) {
    guard !method.isClientStreaming else {
      problems.append("\(method.fullName): streams its requests, which OpenAPI cannot say")
      return
    }
    var rules = method.httpRules
    if rules.isEmpty, options.listsUnannotated {
      rules = [HTTPRule(verb: "POST", path: method.path, body: "*")]
    }
    for rule in rules {
      do throws(Binding.Refusal) {
        add(try Binding(rule, of: method), rule)
      } catch {
        problems.append("\(method.fullName): \(error.reason)")
      }
    }
  }

  private mutating func add(_ binding: Binding, _ rule: HTTPRule) {
    let names = namesByShape[binding.pattern.shape] ?? binding.pattern.placeholders.map(\.name)
    namesByShape[binding.pattern.shape] = names
    let path = binding.pattern.path(names: names)
    let index = indices[path] ?? paths.count
    if index == paths.count {
      indices[path] = index
      paths.append((path, JSONObject()))
    }
    guard paths[index].operations[binding.verb] == nil else {
      problems.append("\(binding.method.fullName): \(rule.verb) \(rule.path) is taken by another method")
      return
    }
    let (operation, problem) = Operation(binding: binding, names: names, id: id(binding.method)).object(&book)
    if let problem { problems.append("\(binding.method.fullName): \(problem)") }
    paths[index].operations[binding.verb] = .object(operation)
  }

  /// `Service_Method`, or more when another has that.
  private mutating func id(_ method: MethodDescriptor) -> String {
    let short = "\(method.service.name)_\(method.name)"
    if ids.insert(short).inserted { return short }
    let long = method.fullName.split(separator: ".").joined(separator: "_")
    var id = long
    var count = 1
    while !ids.insert(id).inserted {
      count += 1
      id = "\(long)_\(count)"
    }
    return id
  }

  mutating func finish() -> OpenAPIDocument {
    var document: JSONObject = ["openapi": "3.1.0", "info": .object(info)]
    if !options.servers.isEmpty {
      document["servers"] = .array(options.servers.map { ["url": .string($0)] })
    }
    document["tags"] = .array(services.map { .object(Self.tag($0)) })
    var items = JSONObject()
    for (path, operations) in paths { items.append(path, .object(operations)) }
    document["paths"] = .object(items)
    var schemas = book.components()
    schemas["google.rpc.Status"] = .object(Operation.errorSchema)
    document["components"] = [
      "schemas": .object(schemas), "responses": ["Error": .object(Operation.errorResponse)],
    ]
    return OpenAPIDocument(json: JSONValue.object(document).text, problems: problems)
  }

  private var info: JSONObject {
    let names = services.map(\.name)
    let title = options.title ?? (names.isEmpty ? "API" : names.joined(separator: ", "))
    return ["title": .string(title), "version": .string(options.version ?? packageVersion ?? "1.0.0")]
  }

  /// `v1` of the package `shop.v1`, when all services are of one version.
  private var packageVersion: String? {
    let versions = Set(
      services.map { service in
        service.file.package.split(separator: ".").last { part in
          part.hasPrefix("v") && part.dropFirst().first?.isNumber == true
        }.map(String.init)
      })
    guard versions.count == 1 else { return nil }
    return versions.first.flatMap(\.self)
  }

  private static func tag(_ service: ServiceDescriptor) -> JSONObject {
    var tag: JSONObject = ["name": .string(service.fullName)]
    if let comment = Comment(service.comment).text { tag["description"] = .string(comment) }
    return tag
  }
}
