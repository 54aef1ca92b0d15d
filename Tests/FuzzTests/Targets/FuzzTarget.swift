/// What can be fuzzed: each reads bytes from a stranger.
enum FuzzTarget: String, CaseIterable, Sendable {
  case messages, json, descriptors, paths, headers, serverFrames, clientFrames, callFrames, policies, dns

  /// Feeds one input.
  ///
  /// - Throws: ``FuzzFailure`` when something that must hold does not. Bad input is no failure.
  func run(_ bytes: UnsafeRawBufferPointer) throws {
    switch self {
    case .messages: try MessageFuzz.wire(bytes)
    case .json: try MessageFuzz.json(bytes)
    case .descriptors: try MessageFuzz.descriptors(bytes)
    case .paths: try TextFuzz.paths(bytes)
    case .headers: try TextFuzz.headers(bytes)
    case .serverFrames: try FrameFuzz.server(bytes)
    case .clientFrames: try FrameFuzz.client(bytes)
    case .callFrames: try CallFuzz.frames(bytes)
    case .policies: CallFuzz.policies(bytes)
    case .dns: try DNSFuzz.messages(bytes)
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
