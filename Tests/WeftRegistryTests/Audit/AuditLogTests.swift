import Foundation
import Testing

@testable import WeftRegistry

@Suite("The audit log")
struct AuditLogTests {
  let directory: TemporaryDirectory

  init() throws {
    directory = try TemporaryDirectory()
  }

  private func entry(_ subjects: [String] = ["a"], revision: UInt64 = 7) -> AuditEntry {
    AuditEntry(
      time: 951_827_696_789, revision: revision,
      actor: AuditActor(name: "token x (\"é\")", address: "10.0.0.1:2"),
      action: "kv.set", put: subjects)
  }

  private func lines(_ name: String = "audit.log") throws -> [String] {
    try String(contentsOfFile: directory.file(name), encoding: .utf8).split(separator: "\n").map(String.init)
  }

  @Test("says in one line who did what to what, when, and with which revision")
  func line() throws {
    var bytes: [UInt8] = []
    entry().append(to: &bytes)
    #expect(
      String(decoding: bytes, as: UTF8.self)
        == #"{"time":"2000-02-29T12:34:56.789Z","revision":7,"actor":"token x (\"é\")","address":"10.0.0.1:2","#
        + #""action":"kv.set","put":["a"]}"# + "\n")
  }

  @Test("stays one line and valid JSON, whatever it tells of")
  func hostileSubjects() throws {
    var bytes: [UInt8] = []
    let subjects = ["a\nb", "\"},{\"", "\u{0}\u{1F}\u{7F}\\", "\u{2028}测试"] + (0..<70).map { "\($0)" }
    entry(subjects).append(to: &bytes)
    #expect(bytes.count { $0 == UInt8(ascii: "\n") } == 1)
    let object = try #require(try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any])
    #expect(object["put"] as? [String] == Array(subjects.prefix(64)))
    #expect(object["more"] as? Int == 10)
  }

  @Test("goes on where it ended, and only its owner can read it")
  func append() throws {
    for revision in 1...2 as ClosedRange<UInt64> {
      let log = try AuditLog(AuditConfiguration(path: directory.file("audit.log")), logger: .silent)
      log.write([entry(revision: revision), entry(revision: revision)])
    }
    #expect(try lines().count == 4)
    let attributes = try FileManager.default.attributesOfItem(atPath: directory.file("audit.log"))
    #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600)
  }

  @Test("puts full files aside and keeps so many of them")
  func rotation() throws {
    var configuration = AuditConfiguration(path: directory.file("audit.log"))
    configuration.fileBytes = 300
    configuration.keptFiles = 2
    let log = try AuditLog(configuration, logger: .silent)
    for revision in 1...9 as ClosedRange<UInt64> { log.write([entry(revision: revision)]) }
    let files = try FileManager.default.contentsOfDirectory(atPath: directory.path).sorted()
    #expect(files == ["audit.log", "audit.log.1", "audit.log.2"])
    #expect(try lines().last?.contains("\"revision\":9,") == true)
    let kept = try lines("audit.log.2") + lines("audit.log.1") + lines()
    let revisions = kept.compactMap { $0.firstMatch(of: /"revision":(\d+)/).flatMap { Int($0.1) } }
    #expect(revisions == Array((10 - revisions.count)...9))
  }

  @Test("a file that cannot be written stops nothing, and is written again once it can")
  func failure() throws {
    var configuration = AuditConfiguration(path: directory.file("audit.log"))
    configuration.fileBytes = 10
    let log = try AuditLog(configuration, logger: .silent)
    log.write([entry(revision: 1)])
    // What is gone cannot be put aside.
    try FileManager.default.removeItem(atPath: directory.file("audit.log"))
    log.write([entry(revision: 2)])
    #expect(log.isFailing)
    log.write([entry(revision: 3)])
    #expect(!log.isFailing)
    #expect(try lines().count == 1)
  }
}
