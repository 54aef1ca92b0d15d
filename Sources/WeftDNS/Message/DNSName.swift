/// A domain name (RFC 1035, section 3.1): labels of bytes, at most 255 bytes on the wire.
///
/// Case is kept as it came and does not count in comparisons (RFC 4343).
public struct DNSName: Sendable {
  /// Length byte and bytes of each label, without the root's zero.
  private(set) var wire: [UInt8]

  static let maxLabelBytes = 63
  /// With the root's zero byte.
  static let maxBytes = 255

  public static let root = DNSName()

  public init() {
    wire = []
  }

  /// A name from its labels; nil when one is empty or longer than 63 bytes, or all together are too long.
  public init?(labels: some Sequence<some Collection<UInt8>>) {
    wire = []
    for label in labels where !append(label) { return nil }
  }

  /// A name from its text, with or without the last dot; nil when it has empty or long labels.
  ///
  /// A label cannot hold a dot here: for those there is ``init(labels:)``.
  public init?(_ text: String) {
    var text = Substring(text)
    if text.hasSuffix(".") { text.removeLast() }
    guard !text.isEmpty else {
      self = .root
      return
    }
    self.init(labels: text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false))
  }

  /// Adds a label behind the others, nearer to the root; false, and nothing added, when it does not fit.
  mutating func append(_ label: some Collection<UInt8>) -> Bool {
    guard (1...Self.maxLabelBytes).contains(label.count) else { return false }
    guard wire.count + label.count + 2 <= Self.maxBytes else { return false }
    wire.append(UInt8(label.count))
    wire.append(contentsOf: label)
    return true
  }

  /// This name below another; nil when both together are too long.
  public func below(_ parent: DNSName) -> DNSName? {
    guard wire.count + parent.wire.count + 1 <= Self.maxBytes else { return nil }
    var name = self
    name.wire += parent.wire
    return name
  }

  /// Labels, the one furthest from the root first.
  public var labels: [ArraySlice<UInt8>] {
    var labels: [ArraySlice<UInt8>] = []
    var start = 0
    while start < wire.count {
      let end = start + 1 + Int(wire[start])
      labels.append(wire[(start + 1)..<end])
      start = end
    }
    return labels
  }

  /// The labels in front of `suffix`; nil when the name does not end in it.
  public func labels(before suffix: DNSName) -> [ArraySlice<UInt8>]? {
    let labels = labels
    let tail = suffix.labels
    guard labels.count >= tail.count else { return nil }
    for (own, other) in zip(labels.suffix(tail.count), tail) where !Self.equal(own, other) { return nil }
    return Array(labels.dropLast(tail.count))
  }

  static func equal(_ a: ArraySlice<UInt8>, _ b: ArraySlice<UInt8>) -> Bool {
    a.count == b.count && zip(a, b).allSatisfy { $0.0.lowercasedASCII == $0.1.lowercasedASCII }
  }
}

extension DNSName: Hashable {
  public static func == (a: DNSName, b: DNSName) -> Bool {
    // A length byte is below 64 and so never changed by the folding of case.
    a.wire.count == b.wire.count
      && zip(a.wire, b.wire).allSatisfy { $0.0.lowercasedASCII == $0.1.lowercasedASCII }
  }

  public func hash(into hasher: inout Hasher) {
    for byte in wire { hasher.combine(byte.lowercasedASCII) }
  }
}

extension DNSName: CustomStringConvertible {
  /// As master files have it (RFC 1035, section 5.1): a last dot, and escapes for what would be misread.
  public var description: String {
    guard !wire.isEmpty else { return "." }
    return labels.map { $0.map(Self.escape).joined() + "." }.joined()
  }

  private static func escape(_ byte: UInt8) -> String {
    switch byte {
    case UInt8(ascii: "."), UInt8(ascii: "\\"): "\\" + String(UnicodeScalar(byte))
    case 0x21...0x7E: String(UnicodeScalar(byte))
    default: "\\" + (byte < 100 ? "0" : "") + (byte < 10 ? "0" : "") + String(byte)
    }
  }
}

extension UInt8 {
  /// RFC 4343: only the 26 letters of ASCII have case.
  var lowercasedASCII: UInt8 {
    (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(self) ? self | 0x20 : self
  }
}
