import Testing
import WeftHost

@testable import weft

@Suite struct UpPlanTests {
  func plan(_ arguments: String...) throws -> UpPlan { try plan(arguments) }

  func plan(_ arguments: [String]) throws -> UpPlan {
    let loader = SettingsLoader(UpPlan.settings)
    guard case .settings(let settings) = try loader.load(arguments: arguments, environment: [:], program: "")
    else {
      throw Failure("help")
    }
    return UpPlan(settings: settings)
  }

  func arguments(_ plan: UpPlan, _ name: String, ports: [String: Int]) throws -> String {
    let child = try #require(plan.children.first { $0.name == name })
    return child.arguments(ports).joined(separator: " ")
  }

  /// What a part itself makes of its arguments.
  func ownSettings(_ name: String, _ arguments: [String]) throws -> Settings {
    let declarations =
      name == "registry"
      ? RegistryProcess.process.settings : HostSettings.all(port: 8213)
    guard
      case .settings(let settings) = try SettingsLoader(declarations).load(
        arguments: arguments, environment: [:], program: "")
    else { throw Failure("help") }
    return settings
  }

  @Test func theRegistryComesFirstAndGoesLast() throws {
    let children = try plan().children
    #expect(children.map(\.name) == ["registry", "config", "gateway"])
    #expect(children.map(\.isFoundation) == [true, false, false])
  }

  @Test func childrenAreToldWhereTheRegistryReallyIs() throws {
    let line = try arguments(try plan("--registry-port", "0"), "gateway", ports: ["registry": 41_234])
    #expect(line.hasPrefix("gateway --port 8206 "))
    #expect(line.contains("--registry ipv4:127.0.0.1:41234"))
  }

  @Test func aChildThatComesBackGetsThePortItHad() throws {
    let plan = try plan("--config-port", "0")
    #expect(try arguments(plan, "config", ports: ["registry": 1]).contains("--port 0"))
    #expect(try arguments(plan, "config", ports: ["registry": 1, "config": 5]).contains("--port 5"))
  }

  @Test func everyPartIsToldWhereTelemetryGoes() throws {
    let plan = try plan("--otlp", "127.0.0.1:4317", "--trace-sample", "0.5")
    for name in ["registry", "config", "gateway"] {
      let line = try arguments(plan, name, ports: ["registry": 1])
      #expect(line.contains("--otlp 127.0.0.1:4317 --trace-sample 0.5"))
    }
    #expect(!(try arguments(try self.plan(), "config", ports: ["registry": 1]).contains("otlp")))
  }

  @Test func theRegistryAloneIsToldWhoMayDoWhatInItAndSecretsByTheEnvironment() throws {
    let secret = "6c8bf6d2-6a46-4b6c-a1c1-0f6f8d5d2f11"
    let plan = try plan(
      "--default-policy", "deny", "--initial-management-token", secret, "--audit-log", "off", "--rate-limit",
      "50",
      "--dns-token", secret)
    let registry = try #require(plan.children.first { $0.name == "registry" })
    let arguments = registry.arguments([:])
    #expect(
      arguments.joined(separator: " ").contains("--default-policy deny --audit-log off --rate-limit 50"))
    #expect(!arguments.contains(secret))
    #expect(registry.environment["WEFT_INITIAL_MANAGEMENT_TOKEN"] == secret)
    #expect(registry.environment["WEFT_DNS_TOKEN"] == secret)
    let settings = try ownSettings("registry", Array(arguments.dropFirst()))
    #expect(settings[RegistryAccessSettings.defaultPolicy] == "deny")
    for name in ["config", "gateway"] {
      let child = try #require(plan.children.first { $0.name == name })
      #expect(!child.environment.values.contains(secret))
      #expect(!child.arguments(["registry": 1]).contains("--default-policy"))
    }
  }

  @Test func partsThatServeCallsAreToldWhoMayCallAndHowMuchTheyTakeOn() throws {
    let given = [
      "--authorization", "policy.yaml", "--token-keys", "keys.json", "--max-calls", "500", "--shed-load",
      "--max-connection-age", "5m", "--binary-log", "*", "--compression", "gzip", "--no-shed-load",
    ]
    let plan = try plan(given)
    for name in ["registry", "config"] {
      let child = try #require(plan.children.first { $0.name == name })
      let arguments = child.arguments(["registry": 1])
      let line = arguments.joined(separator: " ")
      #expect(line.contains("--authorization policy.yaml --token-keys keys.json"))
      #expect(line.contains("--max-calls 500 --shed-load=false --max-connection-age 5m"))
      #expect(line.contains("--binary-log * --compression gzip"))
      // What a child is told is what it understands.
      let command = name == "registry" ? 1 : 2
      let settings = try ownSettings(name, Array(arguments.dropFirst(command)))
      #expect(settings[HostSettings.maxCalls] == 500)
      #expect(settings[HostSettings.shedLoad] == false)
      #expect(settings[HostSettings.maxConnectionAge] == .seconds(300))
    }
    let gateway = try arguments(plan, "gateway", ports: ["registry": 1])
    #expect(!gateway.contains("authorization") && !gateway.contains("binary-log"))
    #expect(!(try arguments(try self.plan(), "config", ports: ["registry": 1]).contains("max-calls")))
  }

  @Test func secretsReachChildrenByTheirEnvironment() throws {
    let plan = try plan("--otlp", "127.0.0.1:4317", "--otlp-headers", "authorization=Bearer abc")
    for child in plan.children {
      #expect(child.environment == ["WEFT_OTLP_HEADERS": "authorization=Bearer abc"])
      #expect(!child.arguments(["registry": 1]).joined().contains("Bearer"))
    }
    #expect(try self.plan().children.allSatisfy { $0.environment.isEmpty })
  }

  @Test func theWelcomeFitsWhatWasSet() throws {
    let ports = ["registry": 8502, "gateway": 8206, "config": 8213]
    let usual = try plan().welcome(ports: ports, command: "weft")
    #expect(usual.contains("curl http://127.0.0.1:8206/v1/config/resume/prod\n"))
    #expect(!usual.contains("--registry"))
    let unusual = try plan("--certs", "elsewhere").welcome(ports: ["registry": 1], command: "weft")
    #expect(unusual.contains("--registry ipv4:127.0.0.1:1 --certs elsewhere"))
  }
}
