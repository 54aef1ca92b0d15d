import ArgumentParser
import Foundation
import WeftDiscovery

struct GetKeyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "get", abstract: "Print a key's value, byte for byte.")

  @Argument(help: "The key.")
  var key: String

  @Flag(help: "Print flags, revisions and the holder as well.")
  var detailed = false

  @OptionGroup var registry: RegistryOptions

  func run() async throws {
    let entry = try await registry.withRegistry { channel in
      var request = Weft_Registry_V1_GetKeyRequest()
      request.key = key
      let client = Weft_Registry_V1_KeyValueServiceClient(channel)
      return try await client.getKey(request, options: registry.callOptions()).entry ?? .init()
    }
    guard detailed else {
      FileHandle.standardOutput.write(Data(entry.value))
      // Kind to a terminal, exact to a pipe.
      if isatty(STDOUT_FILENO) == 1, entry.value.last != UInt8(ascii: "\n") { print() }
      return
    }
    print(
      TextTable.lines([
        ["Key", entry.key], ["Value", KeyText.shown(entry.value)], ["Flags", String(entry.flags)],
        ["Session", entry.session.isEmpty ? "-" : entry.session],
        ["LockIndex", String(entry.lockIndex)], ["CreatedRevision", String(entry.createdRevision)],
        ["ModifiedRevision", String(entry.modifiedRevision)],
      ]).joined(separator: "\n"))
  }
}
