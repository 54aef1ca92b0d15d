/// What a visitor looks at.
public enum PageView: Sendable, Hashable {
  case services
  case service(String)
  case nodes
  case node(String)
  /// Keys that begin with a prefix.
  case keys(String)
  case key(String)

  /// Reads `view=services`, `view=service&name=NAME`, `view=keys&prefix=PREFIX`, ...; nil when it is none of them.
  init?(_ query: PageQuery) {
    let name = query["name"] ?? ""
    switch query["view"] {
    case "services": self = .services
    case "service" where !name.isEmpty: self = .service(name)
    case "nodes": self = .nodes
    case "node" where !name.isEmpty: self = .node(name)
    case "keys": self = .keys(query["prefix"] ?? "")
    case "key" where !name.isEmpty: self = .key(name)
    default: return nil
    }
  }
}
