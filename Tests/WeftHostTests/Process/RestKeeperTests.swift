import Testing

@testable import WeftHost

@Suite struct RestKeeperTests {
  @Test func onlyCodeOfTheExecutableIsGivenBack() {
    let executable = "/usr/bin/weft"
    let code: Substring = "555555554000-555555558000 r-xp 00000000 fe:00 1234       /usr/bin/weft"
    #expect(RestKeeper.codeRegion(code, of: executable) == 0x5555_5555_4000..<0x5555_5555_8000)
    for line in [
      "555555558000-55555555a000 rw-p 00004000 fe:00 1234       /usr/bin/weft",
      "555555554000-555555558000 rwxp 00000000 fe:00 1234       /usr/bin/weft",
      "7ffff7c00000-7ffff7d00000 r-xp 00000000 fe:00 99         /usr/lib/libc.so.6",
      "7ffff7ff0000-7ffff7ff4000 r-xp 00000000 00:00 0", "", "nonsense", "5-4 r-xp 0 0 0 /usr/bin/weft",
    ] as [Substring] {
      #expect(RestKeeper.codeRegion(line, of: executable) == nil)
    }
  }

  @Test func aProcessGoesOnAfterGivingBack() {
    RestKeeper.giveBack()
    #expect((1...100).map { String($0) }.joined().count == 192)
  }
}
