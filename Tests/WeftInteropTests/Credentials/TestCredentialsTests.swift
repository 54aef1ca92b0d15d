import Foundation
import Testing
import WeftTestSupport

@testable import WeftInterop

@Suite struct TestCredentialsTests {
  private let base: TemporaryDirectory

  init() throws { base = try TemporaryDirectory() }

  private func folder(
    _ path: String, _ files: [String] = ["ca.pem", "server1.pem", "server1.key"]
  ) throws -> String {
    let folder = base.file(path)
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    for file in files { try Data().write(to: URL(fileURLWithPath: folder + "/" + file)) }
    return folder
  }

  @Test(arguments: ["src/core/tsi/test_creds", ".tools/interop/grpc/src/core/tsi/test_creds"])
  func theyAreFoundAroundTheWorkingDirectory(place: String) throws {
    let files = try folder(place)
    let inside = try folder("some/folder/within", [])
    let found = try TestCredentials.find(environment: [:], directory: inside)
    #expect(found.authority == files + "/ca.pem")
    #expect(found.certificate == files + "/server1.pem")
    #expect(found.key == files + "/server1.key")
  }

  @Test func theVariableGoesBeforeWhatLiesAround() throws {
    _ = try folder("src/core/tsi/test_creds")
    let named = try folder("named")
    let found = try TestCredentials.find(
      environment: [TestCredentials.variable: named], directory: base.path)
    #expect(found.authority == named + "/ca.pem")
  }

  @Test func aFolderThatLacksFilesIsNamed() throws {
    let named = try folder("named", ["ca.pem", "server1.pem"])
    let error = #expect(throws: InteropFailure.self) {
      try TestCredentials.find(environment: [TestCredentials.variable: named], directory: base.path)
    }
    #expect(error?.description.contains(named) == true)
  }

  @Test func whoFindsNoneIsToldWhereTheyMayBe() throws {
    let inside = try folder("empty", [])
    let error = #expect(throws: InteropFailure.self) {
      try TestCredentials.find(environment: [TestCredentials.variable: ""], directory: inside)
    }
    #expect(error?.description.contains(TestCredentials.variable) == true)
    #expect(error?.description.contains("src/core/tsi/test_creds") == true)
  }
}
