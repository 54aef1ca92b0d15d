import ArgumentParser
import WeftDiscovery
import WeftProtobuf

struct TokenCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "token", abstract: "Make, list and remove tokens.",
    subcommands: [
      CreateTokenCommand.self, ListTokensCommand.self, ReadTokenCommand.self, UpdateTokenCommand.self,
      DeleteTokenCommand.self,
    ])
}

/// What a token may do, as options.
struct TokenOptions: ParsableArguments {
  @Option(help: "What it is for.")
  var description = ""

  @Option(name: .customLong("policy"), help: "Name or id of a policy. May be repeated.")
  var policies: [String] = []

  @Option(name: .customLong("service"), help: "Service under whose name it may register. May be repeated.")
  var services: [String] = []

  @Option(name: .customLong("node"), help: "Node for whose agent it speaks. May be repeated.")
  var nodes: [String] = []

  func fill(
    _ token: inout Weft_Registry_V1_Token, _ client: Weft_Registry_V1_AccessServiceClient,
    _ registry: RegistryOptions
  ) async throws {
    token.description_ = description
    token.policies = try await client.policyIDs(policies, registry)
    token.services = services
    token.nodes = nodes
  }
}

enum TokenText {
  static func printNew(_ token: Weft_Registry_V1_Token, secret: String) {
    print(
      TextTable.lines([
        ["Accessor", token.accessor], ["Secret", secret], ["Description", token.description_],
      ]).joined(separator: "\n"))
    print("\nThe secret is told only here. Use it as WEFT_TOKEN or with --token.")
  }

  static func row(_ token: Weft_Registry_V1_Token, _ policies: [String: String]) -> [String] {
    var rights = token.policies.map { policies[$0] ?? $0 }
    rights += token.services.map { "service \($0)" } + token.nodes.map { "node \($0)" }
    return [
      token.accessor, rights.isEmpty ? "-" : rights.joined(separator: ", "),
      token.expireTime.flatMap(\.rfc3339) ?? "-", token.description_,
    ]
  }

  static let header = ["ACCESSOR", "MAY", "EXPIRES", "DESCRIPTION"]
}

struct CreateTokenCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "create", abstract: "Make a token and print its secret, once.")

  @OptionGroup var rights: TokenOptions

  @Option(help: "A UUID as the secret instead of a random one.")
  var secret = ""

  @OptionGroup var registry: RegistryOptions

  func run() async throws {
    let response = try await registry.withAccess { client in
      var request = Weft_Registry_V1_CreateTokenRequest()
      var token = Weft_Registry_V1_Token()
      try await rights.fill(&token, client, registry)
      request.token = token
      request.secret = secret
      return try await client.createToken(request, options: registry.callOptions())
    }
    TokenText.printNew(response.token ?? .init(), secret: response.secret)
  }
}

struct UpdateTokenCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "update", abstract: "Replace what a token may do.")

  @Argument(help: "The token's accessor.")
  var accessor: String

  @OptionGroup var rights: TokenOptions
  @OptionGroup var registry: RegistryOptions

  func run() async throws {
    try await registry.withAccess { client in
      var request = Weft_Registry_V1_UpdateTokenRequest()
      var token = Weft_Registry_V1_Token()
      token.accessor = accessor
      try await rights.fill(&token, client, registry)
      request.token = token
      _ = try await client.updateToken(request, options: registry.callOptions())
    }
    print("updated \(accessor)")
  }
}

struct ListTokensCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "list", abstract: "List all tokens.")

  @OptionGroup var registry: RegistryOptions

  func run() async throws {
    let rows = try await registry.withAccess { client in
      let names = try await client.policyNames(registry)
      return try await client.listTokens(.init(), options: registry.callOptions()).tokens.map {
        TokenText.row($0, names)
      }
    }
    print(TextTable.lines([TokenText.header] + rows).joined(separator: "\n"))
  }
}

struct ReadTokenCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "read", abstract: "Show a token; without an accessor the one that you show yourself.")

  @Argument(help: "The token's accessor.")
  var accessor = ""

  @OptionGroup var registry: RegistryOptions

  func run() async throws {
    let row = try await registry.withAccess { client in
      var request = Weft_Registry_V1_GetTokenRequest()
      request.accessor = accessor
      let token = try await client.getToken(request, options: registry.callOptions()).token ?? .init()
      // Not everybody who has a token may read policies.
      let names = (try? await client.policyNames(registry)) ?? [:]
      return TokenText.row(token, names)
    }
    print(TextTable.lines([TokenText.header, row]).joined(separator: "\n"))
  }
}

struct DeleteTokenCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "delete", abstract: "Remove a token. Its secret opens nothing any more.")

  @Argument(help: "The token's accessor.")
  var accessor: String

  @OptionGroup var registry: RegistryOptions

  func run() async throws {
    var request = Weft_Registry_V1_DeleteTokenRequest()
    request.accessor = accessor
    let filled = request
    try await registry.withAccess { client in
      _ = try await client.deleteToken(filled, options: registry.callOptions())
    }
    print("deleted \(accessor)")
  }
}
