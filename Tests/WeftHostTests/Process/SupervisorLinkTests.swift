import Foundation
import Testing

@testable import WeftHost

@Suite struct SupervisorLinkTests {
  @Test(arguments: [[:], ["WEFT_UP_LINK": "x"], ["WEFT_UP_LINK": "1"], ["WEFT_UP_LINK": "9999"]])
  func withoutAnOpenLinkThereIsNone(environment: [String: String]) {
    #expect(SupervisorLink.inherited(from: environment)?.descriptor == nil)
  }

  @Test func readinessIsOneLineWithThePort() throws {
    var ends: [Int32] = [-1, -1]
    try #require(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0)
    defer { for end in ends { close(end) } }
    let link = try #require(SupervisorLink.inherited(from: ["WEFT_UP_LINK": "\(ends[1])"]))
    link.reportReady(port: 8213)
    var bytes = [UInt8](repeating: 0, count: 64)
    let count = read(ends[0], &bytes, bytes.count)
    #expect(String(decoding: bytes.prefix(max(count, 0)), as: UTF8.self) == "ready 8213\n")
    #expect(fcntl(ends[1], F_GETFD) & FD_CLOEXEC != 0)
  }

  @Test func aSupervisorThatIsGoneDoesNotBreakTheReport() throws {
    var ends: [Int32] = [-1, -1]
    try #require(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0)
    close(ends[0])
    defer { close(ends[1]) }
    let link = try #require(SupervisorLink.inherited(from: ["WEFT_UP_LINK": "\(ends[1])"]))
    link.reportReady(port: 1)
  }
}
