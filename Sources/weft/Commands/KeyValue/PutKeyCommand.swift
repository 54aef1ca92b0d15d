import ArgumentParser
import Foundation
import WeftDiscovery

struct PutKeyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "put", abstract: "Store a value under a key.",
    discussion: """
      A value of '-' is read from standard input, one that begins with '@' from that file.

        weft kv put app/motd 'hello'
        weft kv put app/logo @logo.png
        weft kv put app/motd 'first' --cas 0        only when there is no such key
      """)

  @Argument(help: "The key.")
  var key: String

  @Argument(help: "The value.")
  var value = ""

  @Option(help: "64 bits that mean what you want them to mean.")
  var flags: UInt64 = 0

  @Option(help: "Store only when the key last changed at this revision; 0: when there is none.")
  var cas: UInt64?

  @Option(help: "Lock the key for this session.")
  var acquire: String?

  @Option(help: "Unlock the key, which this session holds.")
  var release: String?

  @OptionGroup var registry: RegistryOptions

  func validate() throws {
    if [cas != nil, acquire != nil, release != nil].count(where: \.self) > 1 {
      throw ValidationError("--cas, --acquire and --release exclude each other")
    }
  }

  func run() async throws {
    var request = Weft_Registry_V1_PutKeyRequest()
    request.key = key
    request.value = try Self.bytes(of: value)
    request.flags = flags
    request.condition =
      cas.map { .ifRevision($0) } ?? acquire.map { .acquire($0) } ?? release.map { .release($0) }
    let filled = request
    let response = try await registry.withRegistry { channel in
      let client = Weft_Registry_V1_KeyValueServiceClient(channel)
      return try await client.putKey(filled, options: registry.callOptions())
    }
    guard response.done else { throw Failure(response.refusal) }
    print("stored \(KeyText.shown(key)) at revision \(response.revision)")
  }

  static func bytes(of value: String) throws -> [UInt8] {
    if value == "-" { return Array(try FileHandle.standardInput.readToEnd() ?? Data()) }
    guard value.hasPrefix("@") else { return Array(value.utf8) }
    let path = String(value.dropFirst())
    do {
      return Array(try Data(contentsOf: URL(fileURLWithPath: path)))
    } catch {
      throw Failure("\(path) cannot be read: \(error.localizedDescription)")
    }
  }
}
