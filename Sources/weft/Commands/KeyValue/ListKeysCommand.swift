import ArgumentParser
import WeftDiscovery

struct ListKeysCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the keys that begin with a prefix.",
    discussion: """
        weft kv list                  all keys
        weft kv list app/ --values    with what they hold
        weft kv list --separator /    one level, like a folder
      """)

  @Argument(help: "What the keys begin with.")
  var prefix = ""

  @Flag(help: "Print values, flags and revisions as well.")
  var values = false

  @Option(help: "Cut names off after the first of this behind the prefix.")
  var separator = ""

  @OptionGroup var registry: RegistryOptions

  func run() async throws {
    try await registry.withRegistry { channel in
      let client = Weft_Registry_V1_KeyValueServiceClient(channel)
      var request = Weft_Registry_V1_ListKeysRequest()
      request.prefix = prefix
      request.namesOnly = !values
      request.separator = separator
      while true {
        let page = try await client.listKeys(request, options: registry.callOptions())
        for name in page.names { print(KeyText.shown(name)) }
        if !page.entries.isEmpty {
          print(TextTable.lines(page.entries.map(Self.row)).joined(separator: "\n"))
        }
        guard page.more, let last = page.names.last ?? page.entries.last?.key else { return }
        request.afterKey = last
      }
    }
  }

  private static func row(_ entry: Weft_Registry_V1_KeyValue) -> [String] {
    [
      KeyText.shown(entry.key), String(entry.modifiedRevision), String(entry.flags),
      KeyText.shown(entry.value),
    ]
  }
}
