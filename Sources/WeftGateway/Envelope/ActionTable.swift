import WeftProtobuf

/// The methods of one registered service by the names that the envelope's `action` may have.
///
/// `get_config`, `getConfig` and `GetConfig` name the method `GetConfig`. Where two methods of the service would
/// share a name, only `package.Service/Method` names them.
struct ActionTable: Sendable {
  /// What a name stands for.
  enum Lookup {
    case route(Route)
    /// Several methods have it: their full names.
    case ambiguous([String])
    case unknown
  }

  private var byName: [String: [Route]] = [:]
  private var byPath: [String: Route] = [:]

  init(_ types: ServiceTypes) {
    for set in [types] + types.older {
      for method in set.services.flatMap(\.methods) where byPath[String(method.path.dropFirst())] == nil {
        // Methods whose path is no template have names that no client could write here either.
        guard let route = try? Route(unannotated: method, service: set.name, pool: set.pool) else {
          continue
        }
        byName[Self.normal(method.name), default: []].append(route)
        byPath[String(method.path.dropFirst())] = route
      }
    }
  }

  func lookup(_ action: String) -> Lookup {
    if let route = byPath[action] { return .route(route) }
    guard let routes = byName[Self.normal(action)], let first = routes.first else { return .unknown }
    if routes.count == 1 { return .route(first) }
    let exact = routes.filter { $0.method.name == action }
    if exact.count == 1, let route = exact.first { return .route(route) }
    return .ambiguous(routes.map { String($0.method.path.dropFirst()) }.sorted())
  }

  /// Every action in snake case, for messages that say what there is.
  var names: [String] {
    byPath.values.map { Self.snakeCase($0.method.name) }.sorted()
  }

  private static func normal(_ name: String) -> String {
    var normal = ""
    for scalar in name.unicodeScalars where scalar != "_" {
      normal.unicodeScalars.append(
        scalar.properties.isUppercase && scalar.isASCII
          ? Unicode.Scalar(UInt8(scalar.value) | 0x20) : scalar)
    }
    return normal
  }

  /// `GetConfig` as `get_config`, `GetHTTPRoute` as `get_http_route`.
  static func snakeCase(_ name: String) -> String {
    let bytes = Array(name.utf8)
    var result: [UInt8] = []
    for (index, byte) in bytes.enumerated() {
      guard byte.isASCIIUppercase else {
        result.append(byte)
        continue
      }
      let followsLower =
        index > 0 && !bytes[index - 1].isASCIIUppercase && bytes[index - 1] != UInt8(ascii: "_")
      let startsWord =
        index > 0 && bytes[index - 1].isASCIIUppercase && index + 1 < bytes.count
        && bytes[index + 1].isASCIILetter && !bytes[index + 1].isASCIIUppercase
      if followsLower || startsWord { result.append(UInt8(ascii: "_")) }
      result.append(byte | 0x20)
    }
    return String(decoding: result, as: UTF8.self)
  }
}

extension UInt8 {
  fileprivate var isASCIIUppercase: Bool { self >= UInt8(ascii: "A") && self <= UInt8(ascii: "Z") }
}
