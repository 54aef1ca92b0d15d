import Testing

@testable import WeftRegistry

@Suite("A tar header")
struct TarHeaderTests {
  @Test("is read as it was written", arguments: [0, 1, 511, 512, 8_589_934_591])
  func roundTrip(size: UInt64) throws {
    let header = TarHeader(name: "state.bin", size: size)
    let block = header.block(time: 1_795_534_707)
    #expect(block.count == TarHeader.blockBytes)
    #expect(try TarHeader(block) == header)
    #expect((Int(size % 512) + TarHeader.padding(after: size)) % 512 == 0)
  }

  @Test("of zeros ends the archive")
  func end() throws {
    #expect(try TarHeader([UInt8](repeating: 0, count: TarHeader.blockBytes)) == nil)
  }

  @Test(
    "with a byte changed anywhere that counts is refused", arguments: [0, 124, 136, 148, 156, 257, 345, 511])
  func changed(place: Int) {
    var block = TarHeader(name: "state.bin", size: 5).block(time: 1)
    block[place] ^= 0x15
    #expect(throws: TarHeader.Problem.damaged) { try TarHeader(block) }
  }

  @Test("that is too short is refused")
  func short() {
    #expect(throws: TarHeader.Problem.damaged) { try TarHeader([1, 2, 3]) }
  }
}
