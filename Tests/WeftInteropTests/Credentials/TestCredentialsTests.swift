import Foundation
import Testing

@testable import WeftInterop

@Suite struct TestCredentialsTests {
  private let base = FileManager.default.temporaryDirectory.appendingPathComponent("weft-\(UUID().uuidString)")

  private func folder(_ path: String, _ files: [String] = ["ca.pem", "server1.pem", "server1.key"]) throws -> String {
    let folder = base.appendingPathComponent(path)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    for file in files { try Data().write(to: folder.appendingPathComponent(file)) }
    return folder.path
  }

  @Test(arguments: ["src/core/tsi/test_creds", ".tools/interop/grpc/src/core/tsi/test_creds"])
  func theyAreFoundAroundTheWorkingDirectory(place: String) throws {
    defer { try? FileManager.default.removeItem(at: base) }
    let files = try folder(place)
    let inside = try folder("some/folder/within", [])
    let found = try TestCredentials.find(environment: [:], directory: inside)
    #expect(found.authority == files + "/ca.pem")
    #expect(found.certificate == files + "/server1.pem")
    #expect(found.key == files + "/server1.key")
  }

  @Test func theVariableGoesBeforeWhatLiesAround() throws {
    defer { try? FileManager.default.removeItem(at: base) }
    _ = try folder("src/core/tsi/test_creds")
    let named = try folder("named")
    let found = try TestCredentials.find(
      environment: [TestCredentials.variable: named], directory: base.path)
    #expect(found.authority == named + "/ca.pem")
  }

  @Test func aFolderThatLacksFilesIsNamed() throws {
    defer { try? FileManager.default.removeItem(at: base) }
    let named = try folder("named", ["ca.pem", "server1.pem"])
    let error = #expect(throws: InteropFailure.self) {
      try TestCredentials.find(environment: [TestCredentials.variable: named], directory: base.path)
    }
    #expect(error?.description.contains(named) == true)
  }

  @Test func whoFindsNoneIsToldWhereTheyMayBe() throws {
    defer { try? FileManager.default.removeItem(at: base) }
    let inside = try folder("empty", [])
    let error = #expect(throws: InteropFailure.self) {
      try TestCredentials.find(environment: [TestCredentials.variable: ""], directory: inside)
    }
    #expect(error?.description.contains(TestCredentials.variable) == true)
    #expect(error?.description.contains("src/core/tsi/test_creds") == true)
  }
}
