import ArgumentParser
import Foundation
import WeftDiscovery
import WeftHost
import WeftRegistry
import WeftRPC

/// `weft registry snapshot`: copies of everything a registry holds.
struct SnapshotCommand: AsyncParsableCommand {
  static let name = "snapshot"

  static let configuration = CommandConfiguration(
    commandName: "weft registry \(name)",
    abstract: "Save, inspect and restore copies of all that a registry holds.",
    subcommands: [Save.self, Inspect.self, Restore.self])

  struct Save: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Save everything that a running registry holds, as of one revision, into a file.",
      discussion: "The certificate must be one that may change everything, such as 'client'.")

    @Argument(help: "The file to write; one that is there is replaced once the new one is whole.")
    var file: String

    @OptionGroup var client: ClientOptions

    func run() async throws {
      let partial = file + ".partial"
      guard FileManager.default.createFile(atPath: partial, contents: nil),
        let output = FileHandle(forWritingAtPath: partial)
      else { throw Failure("\(partial) cannot be written") }
      do {
        try await client.registryClient().saveSnapshot { piece in try output.write(contentsOf: piece) }
        try output.synchronize()
        try output.close()
        let contents = try SnapshotFile(path: partial).contents
        guard rename(partial, file) == 0 else { throw Failure("\(file) cannot be written") }
        print("saved revision \(contents.revision) in \(file)")
      } catch {
        try? FileManager.default.removeItem(atPath: partial)
        if let error = error as? RPCError {
          throw Failure("the registry at \(client.registry) gave no snapshot: \(error)")
        }
        throw error
      }
    }
  }

  struct Inspect: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Show what a snapshot holds, and check that it is whole.")

    @Argument(help: "The file.")
    var file: String

    func run() async throws {
      do {
        let contents = try SnapshotFile(path: file).contents
        var rows = [
          ["revision", String(contents.revision)], ["history", contents.history],
          ["saved", TimeOfDay.text(contents.savedAt)], ["bytes", String(contents.size)],
        ]
        rows += contents.counts.sorted { $0.key < $1.key }.map { [$0.key, String($0.value)] }
        print(TextTable.lines(rows + [["checksum", "SHA-256 is right"]]).joined(separator: "\n"))
      } catch { throw Failure("\(error)") }
    }
  }

  struct Restore: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Make the data of a new registry from a snapshot.",
      discussion: """
        The folder must hold no registry yet. The restored one begins a new history: whoever watched the old one
        starts over, and its revisions go on. Start it with: weft registry --data-dir FOLDER
        """)

    @Argument(help: "The file.")
    var file: String

    @Option(name: .customLong("data-dir"), help: "The data folder of the new registry.")
    var folder: String

    func run() async throws {
      do {
        let claim = try FolderClaim(folder, name: "registry")
        let snapshot = try SnapshotFile(path: file)
        try await snapshot.restore(into: folder)
        withExtendedLifetime(claim) {}
        print("restored revision \(snapshot.contents.revision) into \(folder)")
      } catch { throw Failure("\(error)") }
    }
  }
}
