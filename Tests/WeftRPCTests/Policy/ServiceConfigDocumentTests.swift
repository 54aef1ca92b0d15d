import Foundation
import Testing
import WeftRPC

/// The examples of docs/service-config.md, as printed and damaged.
@Suite struct ServiceConfigDocumentTests {
  private func examples() throws -> [String] {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    let page = try String(contentsOf: root.appendingPathComponent("docs/service-config.md"), encoding: .utf8)
    return page.components(separatedBy: "```json\n").dropFirst().compactMap {
      $0.components(separatedBy: "\n```").first
    }
  }

  @Test func examplesAreTaken() throws {
    let examples = try examples()
    #expect(examples.count >= 2)
    for example in examples {
      let config = try ServiceConfig(json: example)
      #expect(config != ServiceConfig())
    }
  }

  @Test func errorThatThePageQuotesIsTheOneThatComes() throws {
    let damaged = try examples()[0].replacingOccurrences(of: "\"maxAttempts\": 4", with: "\"maxAttempts\": 1")
    let error = #expect(throws: ServiceConfigError.self) { try ServiceConfig(json: damaged) }
    #expect(
      error?.description
        == "service config: methodConfig[0].retryPolicy.maxAttempts: must be a whole number from 2 to 4294967295, "
        + "not the number 1.0")
  }

  @Test func damagedConfigIsTakenOrRefusedNothingElse() throws {
    var generator = SystemRandomNumberGenerator()
    let parts = ["{", "}", "[", "]", "null", "-1", "1e999", "\"\"", "\"s\"", "\"-1s\"", ",", ":", "\\", "0"]
    for example in try examples() {
      for _ in 0..<500 {
        var bytes = Array(example.utf8)
        for _ in 0...Int.random(in: 0...3, using: &generator) {
          let start = Int.random(in: 0..<bytes.count, using: &generator)
          let end = min(bytes.count, start + Int.random(in: 0...8, using: &generator))
          bytes.replaceSubrange(start..<end, with: Array((parts.randomElement(using: &generator) ?? "").utf8))
        }
        let text = String(decoding: bytes, as: UTF8.self)
        do { _ = try ServiceConfig(json: text) } catch is ServiceConfigError {}
        do { _ = try ServiceConfig(choices: "[{\"serviceConfig\": \(text)}]") } catch is ServiceConfigError {}
      }
    }
  }
}
