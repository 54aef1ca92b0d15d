import Testing

@testable import WeftDNS

@Suite("Hostile names on the wire")
struct DNSReaderTests {
  /// A header, so that pointers have something to point behind.
  private func read(_ bytes: [UInt8], from place: Int = 12) throws -> (DNSName, Int) {
    var reader = DNSReader([UInt8](repeating: 0, count: 12) + bytes)
    _ = try reader.take(place)
    let name = try reader.name()
    return (name, reader.offset)
  }

  private func failure(_ bytes: [UInt8], from place: Int = 12) -> DNSFormatError.Reason? {
    do {
      _ = try read(bytes, from: place)
      return nil
    } catch {
      return (error as? DNSFormatError)?.reason
    }
  }

  @Test("a pointer is followed once, and reading goes on behind it")
  func pointer() throws {
    let (name, offset) = try read([1, 0x61, 0, 1, 0x62, 0xC0, 12], from: 15)
    #expect(name.description == "b.a.")
    #expect(offset == 19)
  }

  @Test("a pointer to itself, forwards, in a circle or into the header is refused")
  func loops() {
    #expect(failure([0xC0, 12]) == .forwardPointer)
    #expect(failure([0xC0, 14, 0]) == .forwardPointer)
    #expect(failure([1, 0x61, 0xC0, 12]) == .forwardPointer)
    #expect(failure([0xC0, 14, 0xC0, 12], from: 14) == .forwardPointer)
    #expect(failure([0, 0xC0, 0], from: 13) == .forwardPointer)
  }

  @Test("labels of the two reserved kinds are refused", arguments: [0x40, 0x80, 0xBF] as [UInt8])
  func reserved(length: UInt8) {
    #expect(failure([length, 0, 0]) == .badLabel)
  }

  @Test("a name that ends early is refused")
  func endsEarly() {
    #expect(failure([]) == .endsEarly)
    #expect(failure([3, 0x61, 0x62]) == .endsEarly)
    #expect(failure([1, 0x61]) == .endsEarly)
    #expect(failure([0xC0]) == .endsEarly)
  }

  @Test("pointers cannot make a name longer than 255 bytes")
  func tooLong() {
    // Each name is a long label before the name that stands before it.
    var bytes: [UInt8] = [0]
    var last = 12
    for _ in 0..<6 {
      let place = 12 + bytes.count
      bytes += [50] + [UInt8](repeating: 0x61, count: 50) + [0xC0, UInt8(last & 0xFF)]
      if last > 0xFF { bytes[bytes.count - 2] = 0xC0 | UInt8(last >> 8) }
      last = place
    }
    #expect(failure(bytes, from: last) == .nameTooLong)
  }

  @Test("a long chain of pointers ends")
  func chain() throws {
    var bytes: [UInt8] = [0]
    for place in stride(from: 13, to: 8_000, by: 2) {
      let target = place == 13 ? 12 : place - 2
      bytes += [0xC0 | UInt8(target >> 8), UInt8(target & 0xFF)]
    }
    let (name, _) = try read(bytes, from: 12 + bytes.count - 2)
    #expect(name == .root)
  }
}
