/// Writes a message within a limit of bytes, with names compressed (RFC 1035, section 4.1.4).
struct DNSWriter {
  private(set) var bytes: [UInt8] = []
  /// The message is never longer than this.
  let limit: Int
  /// A suffix of a name that was written, which later names may point to.
  private struct Place {
    /// Where its first label begins.
    var offset: UInt16
    /// Bytes of its labels: suffixes of other lengths need no comparing.
    var length: Int
  }

  private var places: [Place] = []

  /// Enough for every suffix that answers share; more would make the search for one slow.
  private static let maxPlaces = 64

  init(limit: Int) {
    self.limit = limit
    bytes.reserveCapacity(min(limit, 512))
  }

  /// A place to go back to.
  struct Mark {
    fileprivate var bytes: Int
    fileprivate var places: Int
  }

  var mark: Mark { Mark(bytes: bytes.count, places: places.count) }

  mutating func rewind(to mark: Mark) {
    bytes.removeLast(bytes.count - mark.bytes)
    places.removeLast(places.count - mark.places)
  }

  mutating func write(_ value: UInt8) {
    bytes.append(value)
  }

  mutating func write(_ value: UInt16) {
    bytes.append(UInt8(truncatingIfNeeded: value >> 8))
    bytes.append(UInt8(truncatingIfNeeded: value))
  }

  mutating func write(_ value: UInt32) {
    write(UInt16(truncatingIfNeeded: value >> 16))
    write(UInt16(truncatingIfNeeded: value))
  }

  mutating func write(_ value: UInt64) {
    write(UInt32(truncatingIfNeeded: value >> 32))
    write(UInt32(truncatingIfNeeded: value))
  }

  mutating func write(_ header: DNSHeader) {
    write(header.id)
    write(header.flags)
    write(header.questions)
    write(header.answers)
    write(header.authorities)
    write(header.additionals)
  }

  /// Puts the header that is known only at the end in place of the one at the beginning.
  mutating func replaceHeader(_ header: DNSHeader) {
    var writer = DNSWriter(limit: DNSHeader.bytes)
    writer.write(header)
    bytes.replaceSubrange(..<DNSHeader.bytes, with: writer.bytes)
  }

  mutating func write(_ question: DNSQuestion) {
    write(question.name)
    write(question.type.rawValue)
    write(question.recordClass.rawValue)
  }

  mutating func write(_ edns: DNSExtension) {
    write(UInt8(0))
    write(DNSType.opt.rawValue)
    write(edns.payloadBytes)
    write(edns.ttl)
    write(UInt16(0))
  }

  /// - Returns: false, and nothing written, when the record does not fit.
  mutating func write(_ record: DNSRecord) -> Bool {
    let start = mark
    write(record.name)
    write(record.type.rawValue)
    write(record.recordClass.rawValue)
    write(record.ttl)
    let lengthPlace = bytes.count
    write(UInt16(0))
    write(record.data)
    let length = bytes.count - lengthPlace - 2
    guard bytes.count <= limit, length <= UInt16.max else {
      rewind(to: start)
      return false
    }
    bytes[lengthPlace] = UInt8(truncatingIfNeeded: length >> 8)
    bytes[lengthPlace + 1] = UInt8(truncatingIfNeeded: length)
    return true
  }

  private mutating func write(_ data: DNSRecordData) {
    switch data {
    case .a(let address): write(address.value)
    case .aaaa(let address):
      write(address.high)
      write(address.low)
    case .ns(let name), .cname(let name), .ptr(let name): write(name)
    case .soa(let soa):
      write(soa.primary)
      write(soa.mailbox)
      write(soa.serial)
      write(soa.refresh)
      write(soa.retry)
      write(soa.expire)
      write(soa.minimum)
    case .srv(let location):
      write(location.priority)
      write(location.weight)
      write(location.port)
      // RFC 2782: the target is not compressed. Others may still point to it.
      write(location.target, isCompressed: false)
    case .txt(let strings):
      for string in strings {
        write(UInt8(truncatingIfNeeded: min(string.count, 255)))
        bytes.append(contentsOf: string.prefix(255))
      }
    case .other(_, let data): bytes.append(contentsOf: data)
    }
  }

  /// Writes a name up to the longest suffix that stands already, and points there.
  mutating func write(_ name: DNSName, isCompressed: Bool = true) {
    let wire = name.wire
    // No suffix of a name is another one of it. Looking for that would make the time for a name of 127 labels that a
    // stranger asked for grow with their number's cube.
    let others = places.count
    var start = 0
    while start < wire.count {
      let length = wire.count - start
      if isCompressed,
        let place = places[..<others].first(where: {
          $0.length == length && stands(wire[start...], at: Int($0.offset))
        })
      {
        write(0xC000 | place.offset)
        return
      }
      if bytes.count < 0x4000, places.count < Self.maxPlaces {
        places.append(Place(offset: UInt16(bytes.count), length: length))
      }
      let end = start + 1 + Int(wire[start])
      bytes.append(contentsOf: wire[start..<end])
      start = end
    }
    write(UInt8(0))
  }

  /// Whether exactly these labels stand at a place, pointers followed. Those point backwards, for we wrote them.
  private func stands(_ wire: ArraySlice<UInt8>, at place: Int) -> Bool {
    var place = place
    var start = wire.startIndex
    while true {
      while place + 1 < bytes.count, bytes[place] >= 0xC0 {
        place = Int(bytes[place] & 0x3F) << 8 | Int(bytes[place + 1])
      }
      guard place < bytes.count else { return false }
      let length = Int(bytes[place])
      guard start < wire.endIndex else { return length == 0 }
      guard length == Int(wire[start]), place + length < bytes.count else { return false }
      for step in stride(from: 1, through: length, by: 1)
      where bytes[place + step].lowercasedASCII != wire[start + step].lowercasedASCII { return false }
      place += length + 1
      start += length + 1
    }
  }
}
