import Testing

@testable import WeftRPC

/// Where keys belong.
@Suite struct HashRingTests {
  private static let servers = (0..<10).map { "10.0.0.\($0):80" }
  private static let keys = (0..<20_000).map { XXHash64.hash("user-\($0)") }

  private func owners(_ servers: [String], _ weights: [Int]? = nil) -> [String] {
    let ring = HashRing(
      keys: servers, weights: weights ?? servers.map { _ in 1 }, sizes: 1024...4096)
    return Self.keys.map { key in
      var walk = ring.walk(from: key)
      return walk.next().map { servers[$0] } ?? ""
    }
  }

  // From the reference implementation.
  @Test(
    arguments: [
      ("", 0xef46_db37_51d8_e999), ("a", 0xd24e_c4f1_a98c_6e5b), ("abc", 0x44bc_2cf5_ad77_0999),
      ("10.0.0.1:80_0", 0x7504_1381_e737_1a08), (String(repeating: "x", count: 31), 0x60dd_0d01_083b_99f0),
      (String(repeating: "y", count: 32), 0x64da_1f1d_3495_ce66),
      (String(repeating: "z", count: 100), 0xd30e_21c9_9c2a_766d),
      ("The quick brown fox jumps over the lazy dog", 0x0b24_2d36_1fda_71bc),
    ] as [(String, UInt64)])
  func hashIsXXH64(_ text: String, _ hash: UInt64) {
    #expect(XXHash64.hash(text) == hash)
  }

  @Test func keysAreSpreadOverAll() {
    let counts = Dictionary(owners(Self.servers).map { ($0, 1) }, uniquingKeysWith: +)
    #expect(counts.count == 10)
    for count in counts.values { #expect((1000...3400).contains(count)) }
  }

  @Test func weightsAreSharesOfTheRing() {
    let counts = Dictionary(owners(["a", "b"], [3, 1]).map { ($0, 1) }, uniquingKeysWith: +)
    #expect((13_500...16_500).contains(counts["a"] ?? 0))
  }

  @Test func mostKeysStayWhenAnotherServerLeaves() {
    let before = owners(Self.servers)
    let after = owners(Array(Self.servers.dropLast()))
    let others = zip(before, after).filter { $0.0 != Self.servers.last }
    // The ring keeps its size, so that those who stay get a few more places, and with them a few keys.
    #expect(Double(others.count { $0 == $1 }) > Double(others.count) * 0.85)
    #expect(!after.contains(Self.servers.last ?? ""))
  }

  @Test func orderOfTheListDoesNotMatter() {
    #expect(owners(Self.servers) == owners(Self.servers.reversed()))
  }

  @Test func walkOffersEveryServerOnce() {
    let ring = HashRing(keys: Self.servers, weights: Self.servers.map { _ in 1 }, sizes: 64...64)
    #expect(ring.walk(from: .max).sorted() == Array(0..<10))
    #expect(ring.walk(from: 0).sorted() == Array(0..<10))
  }

  @Test(arguments: [(1, 1...1), (3, 1024...4096), (1000, 1...512), (7, 8192...8192)])
  func sizeOfTheRingIsBounded(_ servers: Int, _ sizes: ClosedRange<Int>) {
    let ring = HashRing(
      keys: (0..<servers).map(String.init), weights: (0..<servers).map { _ in 1 }, sizes: sizes)
    #expect(ring.count >= min(sizes.lowerBound, sizes.upperBound))
    #expect(ring.count <= sizes.upperBound)
  }

  @Test func emptyRingOffersNobody() {
    #expect(Array(HashRing(keys: [], weights: [], sizes: 1...1).walk(from: 1)).isEmpty)
  }
}
