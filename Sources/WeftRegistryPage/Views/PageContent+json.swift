import WeftProtobuf

/// What the page's script reads. Its names and those in Assets go together.
extension PageContent {
  var json: JSONTree {
    var fields: [(key: String, value: JSONTree)] = [("index", .int(Int(clamping: index)))]
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
  var json: JSONTree {
    .object([
      ("name", .string(name)), ("tags", .strings(tags)), ("passing", .int(passing)),
      ("warning", .int(warning)), ("critical", .int(critical)),
    ])
  }
}

extension PageInstance {
  var json: JSONTree {
    .object([
      ("service", .string(service)), ("id", .string(id)), ("node", .string(node)),
      ("address", .string(address)),
      ("port", .int(port)), ("version", .string(version)), ("zone", .string(zone)),
      ("weight", .int(weight)), ("lease", .string(lease)), ("tags", .strings(tags)),
      ("metadata", .strings(metadata)), ("status", .string(status.rawValue)), ("why", .string(why)),
      ("checks", .array(checks.map(\.json))),
    ])
  }
}

extension PageCheck {
  var json: JSONTree {
    .object([
      ("id", .string(id)), ("name", .string(name)), ("kind", .string(kind)),
      ("status", .string(status.rawValue)),
      ("output", .string(output)), ("notes", .string(notes)), ("changed", .int(Int(clamping: changed))),
    ])
  }
}

extension PageNode {
  var json: JSONTree {
    .object([
      ("name", .string(name)), ("address", .string(address)), ("instances", .int(instances)),
      ("metadata", .strings(metadata)), ("status", .string(status.rawValue)), ("why", .string(why)),
      ("checks", .array(checks.map(\.json))),
    ])
  }
}

extension PageKeys {
  var fields: [(key: String, value: JSONTree)] {
    [
      ("folders", .strings(folders)),
      (
        "keys",
        .array(
          keys.map { entry in
            .object([
              ("key", .string(entry.key)), ("bytes", .int(entry.bytes)),
              ("session", .string(entry.session)),
            ])
          })
      ),
      ("isCut", .bool(isCut)), ("isWritable", .bool(isWritable)),
    ]
  }
}

extension PageKey {
  var fields: [(key: String, value: JSONTree)] {
    [
      ("exists", .bool(value != nil)), ("value", .base64(value ?? [])),
      ("bytes", .int(value?.count ?? 0)),
      // As text: the script's numbers are exact up to 2^53 only.
      ("flags", flags == 0 ? .int(0) : .string(String(flags))),
      ("created", .int(Int(clamping: created))),
      ("modified", .int(Int(clamping: modified))), ("session", .string(session)),
      ("isWritable", .bool(isWritable)),
    ]
  }
}

extension PageAbout {
  var json: JSONTree {
    .object([
      ("datacenter", .string(datacenter)), ("node", .string(node)), ("rules", .bool(hasRules)),
      ("actor", .string(actor)),
    ])
  }
}
