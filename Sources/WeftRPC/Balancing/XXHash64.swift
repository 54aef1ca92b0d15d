/// The hash XXH64 with seed 0, which gRPC's and Envoy's ring hash use: clients in any language then agree on
/// where a key belongs.
enum XXHash64 {
  private static let prime1: UInt64 = 0x9E37_79B1_85EB_CA87
  private static let prime2: UInt64 = 0xC2B2_AE3D_27D4_EB4F
  private static let prime3: UInt64 = 0x1656_67B1_9E37_79F9
  private static let prime4: UInt64 = 0x85EB_CA77_C2B2_AE63
  private static let prime5: UInt64 = 0x27D4_EB2F_1656_67C5

  static func hash(_ text: String) -> UInt64 {
    var text = text
    return text.withUTF8 { hash(UnsafeRawBufferPointer($0)) }
  }

  static func hash(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
    var rest = bytes[...]
    var hash: UInt64
    if bytes.count >= 32 {
      var lanes = (prime1 &+ prime2, prime2, UInt64(0), 0 &- prime1)
      while rest.count >= 32 {
        lanes.0 = round(lanes.0, take(&rest))
        lanes.1 = round(lanes.1, take(&rest))
        lanes.2 = round(lanes.2, take(&rest))
        lanes.3 = round(lanes.3, take(&rest))
      }
      hash = rotate(lanes.0, 1) &+ rotate(lanes.1, 7) &+ rotate(lanes.2, 12) &+ rotate(lanes.3, 18)
      hash = merge(merge(merge(merge(hash, lanes.0), lanes.1), lanes.2), lanes.3)
    } else {
      hash = prime5
    }
    hash &+= UInt64(bytes.count)
    while rest.count >= 8 {
      hash = rotate(hash ^ round(0, take(&rest)), 27) &* prime1 &+ prime4
    }
    if rest.count >= 4 {
      let word = UInt64(UInt32(littleEndian: rest.loadUnaligned(as: UInt32.self)))
      rest = rest.dropFirst(4)
      hash = rotate(hash ^ (word &* prime1), 23) &* prime2 &+ prime3
    }
    for byte in rest { hash = rotate(hash ^ (UInt64(byte) &* prime5), 11) &* prime1 }
    hash = (hash ^ (hash >> 33)) &* prime2
    hash = (hash ^ (hash >> 29)) &* prime3
    return hash ^ (hash >> 32)
  }

  private static func take(_ rest: inout Slice<UnsafeRawBufferPointer>) -> UInt64 {
    defer { rest = rest.dropFirst(8) }
    return UInt64(littleEndian: rest.loadUnaligned(as: UInt64.self))
  }

  private static func round(_ lane: UInt64, _ word: UInt64) -> UInt64 {
    rotate(lane &+ word &* prime2, 31) &* prime1
  }

  private static func merge(_ hash: UInt64, _ lane: UInt64) -> UInt64 {
    (hash ^ round(0, lane)) &* prime1 &+ prime4
  }

  private static func rotate(_ value: UInt64, _ bits: UInt64) -> UInt64 {
    (value << bits) | (value >> (64 - bits))
  }
}
