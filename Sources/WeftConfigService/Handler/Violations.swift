import WeftProtobuf
import WeftRPC

/// Everything that is wrong with a request, by field, so that a caller can mend all of it at once.
struct Violations {
  static let maxNameBytes = 63
  static let maxCommentBytes = 1_024
  static let maxContentBytes = 1 << 20
  static let maxPageSize = 1_000
  static let defaultPageSize = 100

  private var violations: [Google_Rpc_BadRequest.FieldViolation] = []

  mutating func add(_ field: String, _ description: String) {
    var violation = Google_Rpc_BadRequest.FieldViolation()
    violation.field = field
    violation.description_ = description
    violations.append(violation)
  }

  /// - Throws: INVALID_ARGUMENT that names every field, with google.rpc.BadRequest in its details.
  func throwIfAny() throws {
    guard !violations.isEmpty else { return }
    var details = Google_Rpc_BadRequest()
    details.fieldViolations = violations
    let message = violations.map { "\($0.field): \($0.description_)" }.joined(separator: "; ")
    throw RPCError(.invalidArgument, message, details: [details])
  }

  mutating func key(_ service: String, _ environment: String) -> ConfigKey {
    name(service, field: "service")
    name(environment, field: "environment")
    return ConfigKey(service: service, environment: environment)
  }

  private mutating func name(_ text: String, field: String) {
    let isName = text.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"),
        UInt8(ascii: "_"):
        true
      default: false
      }
    }
    guard (1...Self.maxNameBytes).contains(text.utf8.count), isName else {
      add(field, "must be 1 to \(Self.maxNameBytes) lower-case letters, digits, dashes and underscores")
      return
    }
  }

  mutating func comment(_ text: String) {
    if text.utf8.count > Self.maxCommentBytes {
      add("comment", "must be at most \(Self.maxCommentBytes) bytes")
    }
    if !Self.isPlain(text) { add("comment", "must have no control characters but tabs and line breaks") }
  }

  /// Text that any database and any terminal takes as it is.
  static func isPlain(_ text: String) -> Bool {
    text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F || $0 == UInt8(ascii: "\t") || $0 == UInt8(ascii: "\n") }
  }

  /// The bytes to store.
  mutating func content(_ config: Google_Protobuf_Struct?) throws -> [UInt8] {
    guard let config else {
      add("config", "must be set; an empty object is {}")
      return []
    }
    for problem in ContentCheck.problems(in: config, path: "config") { add(problem.field, problem.reason) }
    let bytes = try config.serialized()
    if bytes.count > Self.maxContentBytes {
      add("config", "is \(bytes.count) bytes as stored, over the limit of \(Self.maxContentBytes)")
    }
    return bytes
  }

  mutating func pageSize(_ size: UInt32) -> Int {
    if size > Self.maxPageSize { add("page_size", "must be at most \(Self.maxPageSize)") }
    return size == 0 ? Self.defaultPageSize : min(Int(size), Self.maxPageSize)
  }

  mutating func pageToken(_ token: String) -> UInt32? {
    guard !token.isEmpty else { return nil }
    guard let before = PageToken.version(token) else {
      add("page_token", "must be next_page_token of an earlier answer")
      return nil
    }
    return before
  }
}

/// Where the next page of a list begins. Callers must not read it, so that it may come to hold more.
enum PageToken {
  private static let prefix = "before-"

  static func text(before version: UInt32) -> String { prefix + String(version) }

  static func version(_ token: String) -> UInt32? {
    guard token.hasPrefix(prefix) else { return nil }
    return UInt32(token.dropFirst(prefix.count))
  }
}
