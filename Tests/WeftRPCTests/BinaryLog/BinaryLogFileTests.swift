import Foundation
import Testing

@testable import WeftRPC

@Suite struct BinaryLogFileTests {
  private func withFolder(_ body: (String) async throws -> Void) async throws {
    let folder = FileManager.default.temporaryDirectory.path + "/weft-" + RequestID.make()
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try await body(folder)
  }

  private func entry(_ id: UInt64, bytes: Int = 0) throws -> [UInt8] {
    var entry = LogEntry()
    entry.callID = id
    var message = Grpc_Binarylog_V1_Message()
    message.data = [UInt8](repeating: 7, count: bytes)
    entry.message = message
    return try entry.serialized()
  }

  private func ids(_ path: String) throws -> [UInt64] {
    let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    return BinaryLogReader(bytes).map(\.callID)
  }

  @Test func whatIsWrittenIsRead() async throws {
    try await withFolder { folder in
      let file = try BinaryLogFile(path: folder + "/log")
      for id in 1...100 { file.write(try entry(UInt64(id))) }
      await file.flush()
      #expect(try ids(folder + "/log") == Array(1...100))
      let attributes = try FileManager.default.attributesOfItem(atPath: folder + "/log")
      #expect((attributes[.posixPermissions] as? Int) == 0o600)
    }
  }

  @Test func aNewProcessGoesOnWhereTheLastStopped() async throws {
    try await withFolder { folder in
      for id in 1...3 {
        let file = try BinaryLogFile(path: folder + "/log")
        file.write(try entry(UInt64(id)))
        await file.flush()
      }
      #expect(try ids(folder + "/log") == [1, 2, 3])
    }
  }

  @Test func aFullFileMakesRoomForANewOneAndTheOldestGoes() async throws {
    try await withFolder { folder in
      let file = try BinaryLogFile(path: folder + "/log", maxBytes: 1_000, files: 3)
      for id in 1...50 { file.write(try entry(UInt64(id), bytes: 200)) }
      await file.flush()
      let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
      #expect(names == ["log", "log.1", "log.2"])
      var all: [UInt64] = []
      for name in ["log.2", "log.1", "log"] {
        let size = try FileManager.default.attributesOfItem(atPath: "\(folder)/\(name)")[.size] as? Int
        #expect(try #require(size) <= 1_000)
        all += try ids("\(folder)/\(name)")
      }
      #expect(all.last == 50)
      #expect(all == Array((all.first ?? 0)...50), "in order, without a gap")
    }
  }

  @Test func whatCannotBeWrittenIsDroppedAndCounted() async throws {
    let metrics = MetricsRegistry()
    let file = try BinaryLogFile(path: "/dev/full", metrics: metrics)
    file.write(try entry(1))
    await file.flush()
    #expect(metrics.prometheusText().contains("weft_binary_log_dropped_entries_total 1\n"))
  }

  @Test func aPlaceThatCannotBeWrittenToIsAnErrorAtOnce() {
    let error = #expect(throws: BinaryLogFile.OpenError.self) { try BinaryLogFile(path: "/nowhere/log") }
    #expect(error.map { "\($0)" }?.contains("/nowhere/log") == true)
  }

  @Test func aFileThatEndsInsideAnEntryIsGoodUpToThere() throws {
    let one = try entry(1)
    let bytes = [0, 0, 0, UInt8(one.count)] + one + [0, 0, 0, 200, 1, 2]
    var reader = BinaryLogReader(bytes)
    #expect(reader.next()?.callID == 1)
    #expect(reader.next() == nil)
    #expect(reader.problem?.contains("ends inside") == true)
  }

  @Test(
    arguments: [
      [0xff, 0xff, 0xff, 0xff, 0], [0, 0, 0, 2, 0xff, 0xff], [0, 0], [0, 0, 0, 3, 0x0a, 0x7f, 0],
    ] as [[UInt8]])
  func whatIsNoLogIsSaidToBeNone(bytes: [UInt8]) {
    var reader = BinaryLogReader(bytes)
    #expect(reader.next() == nil)
    #expect(reader.problem != nil)
  }
}
