import Foundation
import Testing

@testable import WeftHost

@Suite struct FolderClaimTests {
  let folder = NSTemporaryDirectory() + "weft-claim-\(UUID().uuidString)"

  @Test func aFolderIsClaimedOnceForOneThing() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let first = try FolderClaim(folder, name: "registry")
    let error = #expect(throws: FolderClaimError.self) { try FolderClaim(folder, name: "registry") }
    #expect(error?.description.contains("another registry process is using this folder") == true)
    _ = try FolderClaim(folder, name: "config")
    withExtendedLifetime(first) {}
  }

  @Test func aClaimThatIsGivenUpIsFree() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    do { _ = try FolderClaim(folder, name: "registry") }
    _ = try FolderClaim(folder, name: "registry")
  }
}
