import ArgumentParser
import WeftDiscovery

struct DeleteKeyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "delete", abstract: "Remove a key, or all that begin with it.")

  @Argument(help: "The key, or with --recurse what the keys begin with.")
  var key: String

  @Flag(help: "Remove all keys that begin with KEY.")
  var recurse = false

  @Option(help: "Remove only when the key last changed at this revision.")
  var cas: UInt64?

  @OptionGroup var registry: RegistryOptions

  func run() async throws {
    var request = Weft_Registry_V1_DeleteKeyRequest()
    request.key = key
    request.recurse = recurse
    request.ifRevision = cas
    let filled = request
    let response = try await registry.withRegistry { channel in
      let client = Weft_Registry_V1_KeyValueServiceClient(channel)
      return try await client.deleteKey(filled, options: registry.callOptions())
    }
    guard response.done else { throw Failure(response.refusal) }
    print("deleted \(recurse ? "all that begins with " : "")\(KeyText.shown(key))")
  }
}
