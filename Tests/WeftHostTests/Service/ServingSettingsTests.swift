import Testing
import WeftRPC

@testable import WeftHost

/// What settings make of a server.
@Suite struct ServingSettingsTests {
  private func configuration(_ arguments: String...) throws -> RPCServerConfiguration {
    let port = HostSettings.port(default: 0)
    let loader = SettingsLoader(HostSettings.all(port: 0))
    guard
      case .settings(let settings) = try loader.load(
        arguments: ["--insecure"] + arguments, environment: [:], program: "")
    else { throw CancellationError() }
    return try RPCServerConfiguration(settings: settings, name: "hello", port: port)
  }

  @Test func nothingIsLimitedUnlessItIsSaid() throws {
    let plain = try configuration()
    #expect(plain.concurrencyLimit == nil)
    #expect(plain.methodLimits.isEmpty)
    #expect(plain.maxConnectionAge == nil)
    #expect(plain.authorizer == nil)
    #expect(plain.blockedLoopThreshold == .milliseconds(250))
  }

  @Test func limitsAndAgesAreTaken() throws {
    let limited = try configuration(
      "--max-calls", "100", "--shed-load", "--max-connection-age", "30m", "--blocked-loop", "0s")
    #expect(limited.concurrencyLimit == .fixed(100))
    #expect(limited.methodLimits == ["*": .adaptive()])
    #expect(limited.maxConnectionAge == .seconds(1800))
    #expect(limited.blockedLoopThreshold == nil)
  }

  @Test func aPolicyThatCannotBeReadOrKeysWithoutOneKeepAServerFromStarting() {
    let missing = #expect(throws: AuthorizationFileError.self) {
      try configuration("--authorization", "/nonexistent/policy.yaml")
    }
    #expect(missing?.description.contains("/nonexistent/policy.yaml") == true)
    let keys = #expect(throws: SettingsError.self) { try configuration("--token-keys", "/nonexistent/keys") }
    #expect(keys?.key == "token-keys")
  }
}
