import ArgumentParser
import Foundation
import WeftDiscovery

/// `weft acl`: who may do what in the registry.
struct AccessCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "acl",
    abstract: "Manage who may do what in the registry: tokens, policies, certificate identities.",
    discussion: """
        weft acl bootstrap                                           the first token, once
        weft acl policy create app --rules 'key_prefix "app/" { policy = "write" }'
        weft acl token create --policy app --description deploy
        weft acl bind config --policy app                            the certificate of service config
      """,
    subcommands: [
      BootstrapCommand.self, TokenCommand.self, PolicyCommand.self, BindCommand.self, UnbindCommand.self,
      BindingsCommand.self,
    ])
}

extension RegistryOptions {
  func withAccess<R>(
    _ body: (Weft_Registry_V1_AccessServiceClient) async throws -> R
  ) async throws -> R {
    try await withRegistry { try await body(Weft_Registry_V1_AccessServiceClient($0)) }
  }
}

extension Weft_Registry_V1_AccessServiceClient {
  /// Ids of policies that a person may name by id or by name.
  func policyIDs(_ names: [String], _ registry: RegistryOptions) async throws -> [String] {
    guard !names.isEmpty else { return [] }
    let policies = try await listPolicies(.init(), options: registry.callOptions()).policies
    return try names.map { name in
      guard let policy = policies.first(where: { $0.name == name || $0.id == name }) else {
        throw Failure("there is no policy '\(name)'")
      }
      return policy.id
    }
  }

  func policyNames(_ registry: RegistryOptions) async throws -> [String: String] {
    let policies = try await listPolicies(.init(), options: registry.callOptions()).policies
    return Dictionary(policies.map { ($0.id, $0.name) }) { first, _ in first }
  }
}

struct BootstrapCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bootstrap", abstract: "Make the first management token. Works once.")

  @OptionGroup var registry: RegistryOptions

  func run() async throws {
    let response = try await registry.withAccess {
      try await $0.bootstrap(.init(), options: registry.callOptions())
    }
    TokenText.printNew(response.token ?? .init(), secret: response.secret)
  }
}

struct BindCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bind", abstract: "Give policies to the bearers of a certificate, instead of those they had."
  )

  @Argument(help: "A service's name or an identity; with '*' at its end all that begin so.")
  var identity: String

  @Option(name: .customLong("policy"), help: "Name or id of a policy. May be repeated.")
  var policies: [String] = []

  @OptionGroup var registry: RegistryOptions

  func run() async throws {
    try await registry.withAccess { client in
      var request = Weft_Registry_V1_PutBindingRequest()
      request.binding = .init()
      request.binding?.identity = identity
      request.binding?.policies = try await client.policyIDs(policies, registry)
      _ = try await client.putBinding(request, options: registry.callOptions())
    }
    print("bound \(identity)")
  }
}

struct UnbindCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "unbind", abstract: "Take all policies from the bearers of a certificate.")

  @Argument(help: "The identity, as it was bound.")
  var identity: String

  @OptionGroup var registry: RegistryOptions

  func run() async throws {
    var request = Weft_Registry_V1_DeleteBindingRequest()
    request.identity = identity
    let filled = request
    try await registry.withAccess { client in
      _ = try await client.deleteBinding(filled, options: registry.callOptions())
    }
    print("unbound \(identity)")
  }
}

struct BindingsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bindings", abstract: "List which certificates have which policies.")

  @OptionGroup var registry: RegistryOptions

  func run() async throws {
    let rows = try await registry.withAccess { client in
      let names = try await client.policyNames(registry)
      return try await client.listBindings(.init(), options: registry.callOptions()).bindings.map { binding in
        [binding.identity, binding.policies.map { names[$0] ?? $0 }.joined(separator: ", ")]
      }
    }
    print(TextTable.lines([["IDENTITY", "POLICIES"]] + rows).joined(separator: "\n"))
  }
}
