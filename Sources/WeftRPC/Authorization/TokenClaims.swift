import WeftProtobuf

/// What a verified token says of its bearer (RFC 7519).
public struct TokenClaims: Sendable, Hashable {
  /// The claims as they stand in the token.
  public let all: Google_Protobuf_Struct

  public init(_ claims: Google_Protobuf_Struct) {
    all = claims
  }

  /// `sub`: whom the token is about.
  public var subject: String? { texts("sub").first }

  /// The values of a claim as text: one for a text, number or truth value, each element of a list, none for
  /// what is absent or an object.
  ///
  /// - Parameter name: the claim's name; where there is none of that name, dots lead into objects. Names are
  ///   often URIs, which have dots of their own.
  public func texts(_ name: String) -> [String] {
    Self.texts(Self.value(name[...], in: all))
  }

  private static func value(_ name: Substring, in object: Google_Protobuf_Struct) -> Google_Protobuf_Value? {
    if let value = object.fields[String(name)] { return value }
    guard let dot = name.firstIndex(of: "."), let outer = object.fields[String(name[..<dot])],
      case .structValue(let inner) = outer.kind
    else { return nil }
    return value(name[name.index(after: dot)...], in: inner)
  }

  private static func texts(_ value: Google_Protobuf_Value?) -> [String] {
    switch value?.kind {
    case .stringValue(let text): [text]
    case .boolValue(let flag): [String(flag)]
    case .numberValue(let number): [Int64(exactly: number).map(String.init) ?? String(number)]
    case .listValue(let list):
      // Lists in lists have no meaning here.
      list.values.flatMap { element -> [String] in
        if case .listValue = element.kind { [] } else { texts(element) }
      }
    default: []
    }
  }
}

/// Checks bearer tokens. Called on the connection's event loop for every call that carries one: an
/// implementation keeps the tokens that it has verified.
public protocol TokenVerifier: Sendable {
  /// - Parameter token: what stands after `Bearer` in the `authorization` metadata.
  /// - Throws: ``TokenError`` when the token is not to be believed.
  func verify(_ token: String) throws -> TokenClaims
}

/// Why a token is not believed. The reason is told to the caller.
public struct TokenError: Error, Sendable, CustomStringConvertible {
  public let reason: String

  public init(_ reason: String) {
    self.reason = reason
  }

  public var description: String { reason }
}
