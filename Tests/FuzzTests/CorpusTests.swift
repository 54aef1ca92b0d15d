import Foundation
import Testing

/// Inputs that a fuzzer found worth keeping, above all those that once failed. `make fuzz` starts from them.
@Suite struct CorpusTests {
  private static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Corpus")

  private static func files(_ target: FuzzTarget) throws -> [URL] {
    try FileManager.default.contentsOfDirectory(
      at: folder.appending(path: target.rawValue), includingPropertiesForKeys: nil)
  }

  @Test(arguments: FuzzTarget.allCases)
  func keptInputsAreReadOrRefused(target: FuzzTarget) async throws {
    let files = try Self.files(target)
    #expect(!files.isEmpty)
    for file in files {
      let bytes = Array(try Data(contentsOf: file))
      await #expect(throws: Never.self, "\(file.lastPathComponent)") { try await target.run(bytes) }
    }
  }

  @Test(arguments: FuzzTarget.allCases)
  func theirBeginningsAndDamagedFormsAreReadOrRefused(target: FuzzTarget) async throws {
    for file in try Self.files(target) {
      let bytes = Array(try Data(contentsOf: file).prefix(2000))
      for place in stride(from: 0, to: bytes.count, by: max(1, bytes.count / 64)) {
        var damaged = bytes
        damaged[place] ^= 0x81
        for input in [Array(bytes[..<place]), damaged] {
          await #expect(throws: Never.self, "\(file.lastPathComponent) at \(place)") {
            try await target.run(input)
          }
        }
      }
    }
  }
}
