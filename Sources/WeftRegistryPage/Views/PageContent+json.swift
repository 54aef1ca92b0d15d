/// What the page's script reads. Its names and those in Assets go together.
extension PageContent {
  var json: PageJSON {
    var fields: [(String, PageJSON)] = [("index", .number(Int64(clamping: index)))]
    switch kind {
    case .services(let services): fields.append(("services", .array(services.map(\.json))))
    case .service(let instances): fields.append(("instances", .array(instances.map(\.json))))
    case .nodes(let nodes): fields.append(("nodes", .array(nodes.map(\.json))))
    case .node(let node, let instances):
      fields.append(("node", node?.json ?? .null))
      fields.append(("instances", .array(instances.map(\.json))))
    case .keys(let keys): fields += keys.fields
    case .key(let key): fields += key.fields
    }
    return .object(fields)
  }
}

extension PageService {
  var json: PageJSON {
    .object([
      ("name", .string(name)), ("tags", .strings(tags)), ("passing", .number(Int64(passing))),
      ("warning", .number(Int64(warning))), ("critical", .number(Int64(critical))),
    ])
  }
}

extension PageInstance {
  var json: PageJSON {
    .object([
      ("service", .string(service)), ("id", .string(id)), ("node", .string(node)),
      ("address", .string(address)),
      ("port", .number(Int64(port))), ("version", .string(version)), ("zone", .string(zone)),
      ("weight", .number(Int64(weight))), ("lease", .string(lease)), ("tags", .strings(tags)),
      ("metadata", .strings(metadata)), ("status", .string(status.rawValue)), ("why", .string(why)),
      ("checks", .array(checks.map(\.json))),
    ])
  }
}

extension PageCheck {
  var json: PageJSON {
    .object([
      ("id", .string(id)), ("name", .string(name)), ("kind", .string(kind)),
      ("status", .string(status.rawValue)),
      ("output", .string(output)), ("notes", .string(notes)), ("changed", .number(changed)),
    ])
  }
}

extension PageNode {
  var json: PageJSON {
    .object([
      ("name", .string(name)), ("address", .string(address)), ("instances", .number(Int64(instances))),
      ("metadata", .strings(metadata)), ("status", .string(status.rawValue)), ("why", .string(why)),
      ("checks", .array(checks.map(\.json))),
    ])
  }
}

extension PageKeys {
  var fields: [(String, PageJSON)] {
    [
      ("folders", .strings(folders)),
      (
        "keys",
        .array(
          keys.map { entry in
            .object([
              ("key", .string(entry.key)), ("bytes", .number(Int64(entry.bytes))),
              ("session", .string(entry.session)),
            ])
          })
      ),
      ("isCut", .bool(isCut)), ("isWritable", .bool(isWritable)),
    ]
  }
}

extension PageKey {
  var fields: [(String, PageJSON)] {
    [
      ("exists", .bool(value != nil)), ("value", .base64(value ?? [])),
      ("bytes", .number(Int64(value?.count ?? 0))),
      // As text: the script's numbers are exact up to 2^53 only.
      ("flags", flags == 0 ? .number(0) : .string(String(flags))),
      ("created", .number(Int64(clamping: created))),
      ("modified", .number(Int64(clamping: modified))), ("session", .string(session)),
      ("isWritable", .bool(isWritable)),
    ]
  }
}

extension PageAbout {
  var json: PageJSON {
    .object([
      ("datacenter", .string(datacenter)), ("node", .string(node)), ("rules", .bool(hasRules)),
      ("actor", .string(actor)),
    ])
  }
}
