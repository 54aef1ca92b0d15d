/// Names that generated code must leave to the language, the standard library or Weft.
enum ReservedNames {
  /// Keywords that are fine as names between back-ticks, and need none behind a dot.
  static let keywords: Set<String> = [
    "actor", "any", "as", "associatedtype", "async", "await", "borrowing", "break", "case", "catch",
    "class", "consuming", "continue", "default", "defer", "deinit", "do", "else", "enum",
    "extension", "fallthrough", "false", "fileprivate", "for", "func", "guard", "if", "import", "in",
    "indirect", "infix", "inout", "internal", "is", "isolated", "lazy", "let", "mutating",
    "nil", "nonisolated", "open", "operator", "package", "postfix", "precedencegroup", "prefix",
    "private", "protocol", "public", "repeat", "rethrows", "return", "sending", "some", "static",
    "struct", "subscript", "super", "switch", "throw", "throws", "true", "try", "typealias", "var",
    "where", "while", "yield",
  ]

  /// Words that mean something behind a dot too, so that back-ticks would not do.
  private static let language: Set<String> = ["init", "self", "Self", "Type", "Protocol", "Any", "_"]

  /// Members of every message, from the protocol `Message` and those it refines.
  static let messageMembers: Set<String> = language.union([
    "messageDescriptor", "unknownFields", "fill", "serialized", "serialize", "json", "jsonString",
    "with", "hashValue", "hash", "description", "debugDescription", "customMirror",
  ])

  /// Members of every enum.
  static let enumMembers: Set<String> = language.union([
    "unrecognized", "rawValue", "allCases", "enumDescriptor", "hashValue", "hash", "description",
    "debugDescription",
  ])

  /// Members of a service's handler and client.
  static let serviceMembers: Set<String> = language.union(["serviceName", "file"])

  /// Types that generated code refers to by their bare name: a message of the same name would hide them.
  static let types: Set<String> = language.union([
    "AnyObject", "Array", "Bool", "CaseIterable", "Dictionary", "Double", "Equatable", "Error",
    "Float", "Hashable", "Int", "Int32", "Int64", "Never", "Optional", "RawRepresentable",
    "Sendable", "Set", "StaticString", "String", "Swift", "UInt32", "UInt64", "UInt8",
    "UnsafeMutableRawPointer", "UnsafeRawPointer", "Void",
    // WeftProtobuf
    "ArenaReference", "CField", "EnumDescriptor", "GeneratedFile", "Indirect", "Message",
    "MessageDescriptor", "ProtoEnum", "UnknownFields", "WeftProtobuf",
    // WeftRPC
    "CallOptions", "RPCChannel", "RPCMethod", "RPCRouter", "RPCService", "RequestStream",
    "RequestWriter", "ResponseStream", "ResponseWriter", "ReturnValue", "ServerContext", "WeftRPC",
  ])

  /// As it must be written where the name is declared or stands alone.
  static func quoted(_ name: String) -> String { keywords.contains(name) ? "`\(name)`" : name }
}
