import ArgumentParser

/// `weft kv`: the registry's keys.
struct KeyValueCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "kv",
    abstract: "Read, write and watch the registry's keys.",
    discussion: """
        weft kv put app/motd 'hello'
        weft kv get app/motd
        weft kv list app/
        weft kv watch app/
        weft kv delete app/ --recurse
      """,
    subcommands: [
      GetKeyCommand.self, PutKeyCommand.self, DeleteKeyCommand.self, ListKeysCommand.self,
      WatchKeysCommand.self, TransactCommand.self,
    ])
}
