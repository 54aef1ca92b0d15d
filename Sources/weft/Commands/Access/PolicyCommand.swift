import ArgumentParser
import WeftDiscovery

struct PolicyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "policy", abstract: "Make, list and remove policies.",
    subcommands: [
      CreatePolicyCommand.self, UpdatePolicyCommand.self, ListPoliciesCommand.self, ReadPolicyCommand.self,
      DeletePolicyCommand.self,
    ])
}

/// What a policy says, as options.
struct PolicyOptions: ParsableArguments {
  @Option(help: "Rules in Consul's language; '@FILE' and '-' read them from there.")
  var rules: String

  @Option(help: "What it is for.")
  var description = ""

  func policy(named name: String, id: String = "") throws -> Weft_Registry_V1_Policy {
    var policy = Weft_Registry_V1_Policy()
    policy.id = id
    policy.name = name
    policy.description_ = description
    policy.rules = String(decoding: try PutKeyCommand.bytes(of: rules), as: UTF8.self)
    return policy
  }
}

struct CreatePolicyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "create", abstract: "Make a policy.")

  @Argument(help: "Its name.")
  var name: String

  @OptionGroup var content: PolicyOptions
  @OptionGroup var registry: RegistryOptions

  func run() async throws {
    var request = Weft_Registry_V1_CreatePolicyRequest()
    request.policy = try content.policy(named: name)
    let filled = request
    let response = try await registry.withAccess {
      try await $0.createPolicy(filled, options: registry.callOptions())
    }
    print("created \(name) as \(response.policy?.id ?? "")")
  }
}

struct UpdatePolicyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "update", abstract: "Replace what a policy says. It holds at once.")

  @Argument(help: "Its name or id.")
  var name: String

  @OptionGroup var content: PolicyOptions
  @OptionGroup var registry: RegistryOptions

  func run() async throws {
    try await registry.withAccess { client in
      let policies = try await client.listPolicies(.init(), options: registry.callOptions()).policies
      guard let old = policies.first(where: { $0.name == name || $0.id == name }) else {
        throw Failure("there is no policy '\(name)'")
      }
      var request = Weft_Registry_V1_UpdatePolicyRequest()
      request.policy = try content.policy(named: old.name, id: old.id)
      _ = try await client.updatePolicy(request, options: registry.callOptions())
    }
    print("updated \(name)")
  }
}

struct ListPoliciesCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "list", abstract: "List all policies.")

  @OptionGroup var registry: RegistryOptions

  func run() async throws {
    let policies = try await registry.withAccess {
      try await $0.listPolicies(.init(), options: registry.callOptions()).policies
    }
    let rows = policies.map { [$0.name, $0.id, $0.description_] }
    print(TextTable.lines([["NAME", "ID", "DESCRIPTION"]] + rows).joined(separator: "\n"))
  }
}

struct ReadPolicyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "read", abstract: "Print a policy's rules.")

  @Argument(help: "Its name.")
  var name: String

  @OptionGroup var registry: RegistryOptions

  func run() async throws {
    var request = Weft_Registry_V1_GetPolicyRequest()
    request.by = .name(name)
    let filled = request
    let response = try await registry.withAccess {
      try await $0.getPolicy(filled, options: registry.callOptions())
    }
    print(response.policy?.rules ?? "")
  }
}

struct DeletePolicyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "delete", abstract: "Remove a policy. Tokens and certificates lose it at once.")

  @Argument(help: "Its name or id.")
  var name: String

  @OptionGroup var registry: RegistryOptions

  func run() async throws {
    try await registry.withAccess { client in
      guard let id = try await client.policyIDs([name], registry).first else { return }
      var request = Weft_Registry_V1_DeletePolicyRequest()
      request.id = id
      _ = try await client.deletePolicy(request, options: registry.callOptions())
    }
    print("deleted \(name)")
  }
}
