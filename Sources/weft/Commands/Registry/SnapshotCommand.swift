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
      discussion: """
        The certificate, or the token, must be one that may change everything, such as the certificate 'client'.
        """)

    @Argument(help: "The file to write; one that is there is replaced once the new one is whole.")
    var file: String

    @OptionGroup var options: RegistryOptions

    func run() async throws {
      let partial = file + ".partial"
      guard FileManager.default.createFile(atPath: partial, contents: nil),
        let output = FileHandle(forWritingAtPath: partial)
      else { throw Failure("\(partial) cannot be written") }
      do {
        try await options.registryClient().saveSnapshot { piece in try output.write(contentsOf: piece) }
        try output.synchronize()
        try output.close()
        let contents = try SnapshotFile(path: partial).contents
        guard rename(partial, file) == 0 else { throw Failure("\(file) cannot be written") }
        print("saved revision \(contents.revision) in \(file)")
      } catch {
        try? FileManager.default.removeItem(atPath: partial)
        if let error = error as? RPCError {
          throw Failure("the registry at \(options.address) gave no snapshot: \(error)")
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
        let contents = try await SnapshotFile.withFile(at: file) { $0.contents }
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
      abstract: "Put back what a snapshot holds: into a new folder, or into a running registry.",
      discussion: """
        weft registry snapshot restore FILE --data-dir FOLDER     the folder must hold no registry yet
        weft registry snapshot restore FILE --running             everything that registry holds is replaced

        Either way it begins a new history: whoever watched the old one starts over, and its revisions go on. FILE is
        of 'snapshot save', or of GET /v1/snapshot.
        """)

    @Argument(help: "The file.")
    var file: String

    @Option(name: .customLong("data-dir"), help: "The data folder of the new registry.")
    var folder: String?

    @Flag(help: "Into the registry that runs: what it holds now is gone, whole and at once.")
    var running = false

    @OptionGroup var options: RegistryOptions

    func validate() throws {
      guard (folder != nil) != running else {
        throw ValidationError("say where to: --data-dir FOLDER, or --running")
      }
    }

    func run() async throws {
      do {
        // Looked at here first: a damaged file need not travel.
        try await SnapshotFile.withFile(at: file) { snapshot in
          guard let folder else { return try await restoreRunning(snapshot) }
          let claim = try FolderClaim(folder, name: "registry")
          try await snapshot.restore(into: folder)
          withExtendedLifetime(claim) {}
          print("restored revision \(snapshot.contents.revision) into \(folder)")
        }
      } catch let error as Failure {
        throw error
      } catch { throw Failure("\(error)") }
    }

    private func restoreRunning(_ snapshot: SnapshotFile) async throws {
      guard let input = FileHandle(forReadingAtPath: snapshot.path) else {
        throw Failure("\(snapshot.path) cannot be read")
      }
      defer { try? input.close() }
      do {
        let revision = try await options.registryClient().restoreSnapshot {
          try input.read(upToCount: 256 << 10).map { [UInt8]($0) }.flatMap { $0.isEmpty ? nil : $0 }
        }
        print("restored revision \(snapshot.contents.revision); the registry is at revision \(revision) now")
      } catch let error as RPCError {
        throw Failure("the registry at \(options.address) took no snapshot: \(error)")
      }
    }
  }
}
