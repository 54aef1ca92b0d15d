import ArgumentParser
import Foundation
import WeftDiscovery
import WeftRPC

struct WatchKeysCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "watch", abstract: "Print the keys below a prefix, and then each change, until interrupted.")

  @Argument(help: "What the keys begin with.")
  var prefix = ""

  @OptionGroup var registry: RegistryOptions

  func run() async throws {
    var position = WatchPosition.start
    while true {
      do {
        try await registry.withRegistry { channel in
          try await watch(Weft_Registry_V1_KeyValueServiceClient(channel), from: &position)
        }
      } catch let failure as Failure where position.revision > 0 {
        // It began well, so the registry will be back; nothing is lost meanwhile.
        say("# \(failure.description.prefix(200)); trying again")
        try await Task.sleep(for: .seconds(1))
      }
    }
  }

  private func watch(
    _ client: Weft_Registry_V1_KeyValueServiceClient, from position: inout WatchPosition
  ) async throws {
    var request = Weft_Registry_V1_WatchKeysRequest()
    request.prefix = prefix
    request.afterRevision = position.revision
    request.history = position.history
    var reached = position
    defer { position = reached }
    try await client.watchKeys(request, options: registry.callOptions(timeout: nil)) { responses in
      var isSnapshot = false
      for try await response in responses {
        isSnapshot = isSnapshot || response.snapshot
        if response.snapshot { say("# as of revision \(response.revision)") }
        for key in response.removed { say("removed  \(KeyText.shown(key))") }
        for entry in response.entries {
          let verb = isSnapshot ? "has    " : "put    "
          say(
            "\(verb)  \(KeyText.shown(entry.key)) = \(KeyText.shown(entry.value))  [\(entry.modifiedRevision)]"
          )
        }
        if !response.continues {
          isSnapshot = false
          reached = WatchPosition(history: response.history, revision: response.revision)
        }
      }
    }
  }

  /// At once, also into a pipe.
  private func say(_ line: String) {
    FileHandle.standardOutput.write(Data((line + "\n").utf8))
  }
}
