/// What can be fuzzed: each reads bytes from a stranger.
enum FuzzTarget: String, CaseIterable, Sendable {
  case messages, json, descriptors, paths, headers, serverFrames, clientFrames, callFrames, binaryLogs,
    policies
  case tokens, envelopes, dns, accessRules, snapshots, consulRequests, consulQueries, consulFilters
  case consulPatterns, snapshotArchives

  /// Feeds one input.
  ///
  /// - Throws: ``FuzzFailure`` when something that must hold does not. Bad input is no failure.
  func run(_ bytes: [UInt8]) async throws {
    switch self {
    case .consulRequests: try await ConsulFuzz.requests(bytes)
    default: try bytes.withUnsafeBytes { try runAtOnce($0) }
    }
  }

  /// Whether ``runAtOnce(_:)`` will do.
  var needsNoWaiting: Bool { self != .consulRequests }

  /// The same for targets that need no waiting.
  func runAtOnce(_ bytes: UnsafeRawBufferPointer) throws {
    switch self {
    case .messages: try MessageFuzz.wire(bytes)
    case .json: try MessageFuzz.json(bytes)
    case .descriptors: try MessageFuzz.descriptors(bytes)
    case .paths: try TextFuzz.paths(bytes)
    case .headers: try TextFuzz.headers(bytes)
    case .serverFrames: try FrameFuzz.server(bytes)
    case .clientFrames: try FrameFuzz.client(bytes)
    case .callFrames: try CallFuzz.frames(bytes)
    case .binaryLogs: CallFuzz.binaryLog(bytes)
    case .policies: CallFuzz.policies(bytes)
    case .tokens: try AccessFuzz.tokens(bytes)
    case .envelopes: try TextFuzz.envelope(bytes)
    case .dns: try DNSFuzz.messages(bytes)
    case .accessRules: try AccessFuzz.rules(bytes)
    case .snapshots: try SnapshotFuzz.file(bytes)
    case .snapshotArchives: try SnapshotFuzz.archive(bytes)
    case .consulRequests: break
    case .consulQueries: try ConsulFuzz.queries(bytes)
    case .consulFilters: try ConsulFuzz.filters(bytes)
    case .consulPatterns: try ConsulFuzz.patterns(bytes)
    }
  }
}

/// Something that must hold whatever comes, and did not.
struct FuzzFailure: Error, CustomStringConvertible {
  let description: String

  static func unless(_ condition: Bool, _ text: @autoclosure () -> String) throws {
    if !condition { throw FuzzFailure(description: text()) }
  }
}
