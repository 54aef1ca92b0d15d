import Foundation
import Testing
import WeftDiscovery

@testable import WeftRegistry

@Suite("An archive of a snapshot")
struct SnapshotArchiveTests {
  private let directory: TemporaryDirectory

  init() throws {
    directory = try TemporaryDirectory()
  }

  private func save() async throws -> String {
    let path = directory.file("snapshot.tgz")
    let store = try SQLiteStore(path: directory.file("old/registry.sqlite"))
    try await withRegistry(store: store) { registry in
      _ = try await registry.register(.sample("a"))
      let bytes = Collector<[UInt8]>()
      try await registry.saveSnapshotArchive {
        #expect($0 == 1)
      } _: {
        bytes.add($0)
      }
      try Data(bytes.elements.flatMap(\.self)).write(to: URL(fileURLWithPath: path))
    }
    await store.close()
    return path
  }

  private func run(_ arguments: String...) throws -> String {
    let process = Process()
    let output = Pipe()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = arguments
    process.currentDirectoryURL = URL(fileURLWithPath: directory.path)
    process.standardOutput = output
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    return text
  }

  @Test("is unpacked and checked by tar and sha256sum")
  func tools() async throws {
    let path = try await save()
    #expect(try run("tar", "tzf", path) == "meta.json\nstate.bin\nSHA256SUMS\n")
    _ = try run("tar", "xzf", path)
    #expect(try run("sha256sum", "-c", "SHA256SUMS") == "meta.json: OK\nstate.bin: OK\n")
    #expect(try SnapshotFile(path: directory.file("state.bin")).contents.counts["instance"] == 1)
  }

  @Test("is read back, also when tar has packed it anew")
  func readBack() async throws {
    let path = try await save()
    _ = try run("tar", "xzf", path)
    _ = try run("tar", "czf", "again.tgz", "SHA256SUMS", "state.bin", "meta.json")
    _ = try run("tar", "czf", "pax.tgz", "--format=pax", "state.bin", "meta.json", "SHA256SUMS")
    for path in [path, directory.file("again.tgz"), directory.file("pax.tgz")] {
      #expect(try await SnapshotFile.withFile(at: path) { $0.contents.revision } == 1)
    }
  }

  @Test("that was cut off or changed is refused, wherever that happened")
  func damaged() async throws {
    let whole = [UInt8](try Data(contentsOf: URL(fileURLWithPath: try await save())))
    let copy = directory.file("damaged")
    for length in [2, 11, 40, whole.count / 2, whole.count - 9, whole.count - 1] {
      try Data(whole.prefix(length)).write(to: URL(fileURLWithPath: copy))
      #expect(throws: SnapshotFile.Problem.self, "cut to \(length)") {
        try SnapshotArchive.unpackState(of: copy, to: copy + ".state")
      }
    }
    for place in [30, whole.count / 2, whole.count - 6] {
      var bytes = whole
      bytes[place] ^= 0x40
      try Data(bytes).write(to: URL(fileURLWithPath: copy))
      #expect(throws: SnapshotFile.Problem.self, "changed at \(place)") {
        try SnapshotArchive.unpackState(of: copy, to: copy + ".state")
      }
    }
    try Data(whole + [0]).write(to: URL(fileURLWithPath: copy))
    #expect(throws: SnapshotFile.Problem.self, "with more behind it") {
      try SnapshotArchive.unpackState(of: copy, to: copy + ".state")
    }
  }

  @Test(
    "is refused when it holds something else, or not all, or sums that are not its own",
    arguments: [
      ("rm state.bin; echo x > state.bin", "SHA-256 of its state.bin"),
      ("echo raft > state.bin; sha256sum meta.json state.bin > SHA256SUMS", "only Consul can read"),
      ("rm SHA256SUMS; touch SHA256SUMS", "does not tell"),
      ("echo 'none' > SHA256SUMS", "cannot be read"),
    ])
  func wrong(command: String, reason: String) async throws {
    let path = try await save()
    _ = try run("tar", "xzf", path)
    _ = try run("sh", "-c", "\(command); tar czf wrong.tgz meta.json state.bin SHA256SUMS")
    let error = #expect(throws: SnapshotFile.Problem.self) {
      try SnapshotArchive.unpackState(of: directory.file("wrong.tgz"), to: directory.file("state"))
    }
    #expect(error?.reason.contains(reason) == true)
  }

  @Test("is refused when a file of it has no business there", arguments: ["../../etc/passwd", "more"])
  func strange(name: String) async throws {
    let path = try await save()
    _ = try run("tar", "xzf", path)
    let header = TarHeader(name: name, size: 1).block(time: 0)
    let gzip = try GzipWriter()
    let bytes = gzip.pack(header + [65] + [UInt8](repeating: 0, count: 511 + 1024), isLast: true)
    try Data(bytes).write(to: URL(fileURLWithPath: directory.file("strange.tgz")))
    let error = #expect(throws: SnapshotFile.Problem.self) {
      try SnapshotArchive.unpackState(of: directory.file("strange.tgz"), to: directory.file("state"))
    }
    #expect(error?.reason.contains(name) == true)
  }

  @Test("may be a bomb: what would be too large is refused by its header")
  func bomb() throws {
    let gzip = try GzipWriter()
    let header = TarHeader(name: "meta.json", size: SnapshotArchive.partLimit + 1).block(time: 0)
    let bytes = gzip.pack(header + [UInt8](repeating: 0, count: 8 << 20), isLast: true)
    try Data(bytes).write(to: URL(fileURLWithPath: directory.file("bomb.tgz")))
    let error = #expect(throws: SnapshotFile.Problem.self) {
      try SnapshotArchive.unpackState(of: directory.file("bomb.tgz"), to: directory.file("state"))
    }
    #expect(error?.reason.contains("too large") == true)
  }
}
