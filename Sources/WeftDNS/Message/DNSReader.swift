/// Reads fields of a message from a stranger: every read is checked against the end.
struct DNSReader {
  let bytes: [UInt8]
  private(set) var offset = 0

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }

  var isAtEnd: Bool { offset == bytes.count }

  func error(_ reason: DNSFormatError.Reason, at place: Int? = nil) -> DNSFormatError {
    DNSFormatError(reason: reason, offset: place ?? offset)
  }

  mutating func uint8() throws(DNSFormatError) -> UInt8 {
    guard offset < bytes.count else { throw error(.endsEarly) }
    defer { offset += 1 }
    return bytes[offset]
  }

  mutating func uint16() throws(DNSFormatError) -> UInt16 {
    let high = try uint8()
    return UInt16(high) << 8 | UInt16(try uint8())
  }

  mutating func uint32() throws(DNSFormatError) -> UInt32 {
    let high = try uint16()
    return UInt32(high) << 16 | UInt32(try uint16())
  }

  mutating func take(_ count: Int) throws(DNSFormatError) -> ArraySlice<UInt8> {
    guard count <= bytes.count - offset else { throw error(.endsEarly) }
    defer { offset += count }
    return bytes[offset..<(offset + count)]
  }

  /// A name, with its compression pointers followed (RFC 1035, section 4.1.4).
  ///
  /// Each pointer must point before the place where the run of labels it ends began, and behind the header. So the
  /// places fall, and no chain of pointers can loop; names of 255 bytes at most bound the rest.
  mutating func name() throws(DNSFormatError) -> DNSName {
    var name = DNSName()
    var place = offset
    var runStart = offset
    /// Where the message goes on: behind the first pointer.
    var end: Int?
    while true {
      guard place < bytes.count else { throw error(.endsEarly, at: place) }
      let length = Int(bytes[place])
      switch length {
      case 0:
        offset = end ?? place + 1
        return name
      case 1...DNSName.maxLabelBytes:
        let labelEnd = place + 1 + length
        guard labelEnd <= bytes.count else { throw error(.endsEarly, at: place) }
        guard name.append(bytes[(place + 1)..<labelEnd]) else { throw error(.nameTooLong, at: place) }
        place = labelEnd
      case 0xC0...:
        guard place + 1 < bytes.count else { throw error(.endsEarly, at: place) }
        let target = (length & 0x3F) << 8 | Int(bytes[place + 1])
        guard target < runStart, target >= DNSHeader.bytes else { throw error(.forwardPointer, at: place) }
        end = end ?? place + 2
        place = target
        runStart = target
      default:
        throw error(.badLabel, at: place)
      }
    }
  }
}
