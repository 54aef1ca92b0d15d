#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// An IPv4 address; its first byte is the highest.
public struct IPv4Address: Sendable, Hashable {
  public var value: UInt32

  public init(_ value: UInt32) {
    self.value = value
  }
}

/// An IPv6 address; its first byte is the highest of ``high``.
public struct IPv6Address: Sendable, Hashable {
  public var high: UInt64
  public var low: UInt64

  public init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }
}

/// An address that a record can hold.
public enum IPAddress: Sendable, Hashable {
  case v4(IPv4Address)
  case v6(IPv6Address)

  /// An address from its usual text; nil for a name, and for an address with a zone.
  public init?(_ text: String) {
    var bytes = [UInt8](repeating: 0, count: 16)
    if inet_pton(AF_INET, text, &bytes) == 1 {
      self = .v4(IPv4Address(UInt32(truncatingIfNeeded: Self.number(bytes.prefix(4)))))
    } else if inet_pton(AF_INET6, text, &bytes) == 1 {
      self = .v6(IPv6Address(high: Self.number(bytes.prefix(8)), low: Self.number(bytes.suffix(8))))
    } else {
      return nil
    }
  }

  private static func number(_ bytes: ArraySlice<UInt8>) -> UInt64 {
    bytes.reduce(0) { $0 << 8 | UInt64($1) }
  }

  /// An address from 8 or 32 hexadecimal digits, as `addr` names have it.
  public init?(hexadecimal digits: some Collection<UInt8>) {
    guard digits.count == 8 || digits.count == 32 else { return nil }
    var high: UInt64 = 0
    var low: UInt64 = 0
    for digit in digits {
      guard let value = Self.digit(digit) else { return nil }
      high = high << 4 | low >> 60
      low = low << 4 | UInt64(value)
    }
    self =
      digits.count == 8
      ? .v4(IPv4Address(UInt32(truncatingIfNeeded: low))) : .v6(IPv6Address(high: high, low: low))
  }

  static func digit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
  }

  /// 8 or 32 lower-case hexadecimal digits.
  public var hexadecimal: [UInt8] {
    let digits = Array("0123456789abcdef".utf8)
    func text(_ value: UInt64, _ count: Int) -> [UInt8] {
      (0..<count).map { digits[Int(value >> (4 * UInt64(count - 1 - $0)) & 0xF)] }
    }
    switch self {
    case .v4(let address): return text(UInt64(address.value), 8)
    case .v6(let address): return text(address.high, 16) + text(address.low, 16)
    }
  }

  /// 0.0.0.0 or ::, which as an address to listen on means all.
  public var isUnspecified: Bool {
    switch self {
    case .v4(let address): address.value == 0
    case .v6(let address): address.high == 0 && address.low == 0
    }
  }

  var data: DNSRecordData {
    switch self {
    case .v4(let address): .a(address)
    case .v6(let address): .aaaa(address)
    }
  }
}
