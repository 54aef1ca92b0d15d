import Testing

@testable import WeftProtobuf

@Suite struct ScalarTextTests {
  private func double(_ text: String) -> Double? {
    Array(text.utf8).withUnsafeBufferPointer { ScalarText.double($0) }
  }

  private func float(_ text: String) -> Float? {
    Array(text.utf8).withUnsafeBufferPointer { ScalarText.float($0) }
  }

  @Test func everyDoubleReadsBackFromItsShortestForm() {
    var random = SeededRandom(seed: 0xD0B1E)
    for _ in 0..<20_000 {
      let value = Double(bitPattern: random.next())
      guard value.isFinite else { continue }
      if double(value.description) != value { Issue.record("\(value)") }
    }
  }

  @Test func decimalsAreRoundedToTheNearest() {
    var random = SeededRandom(seed: 0xDEC1)
    for _ in 0..<20_000 {
      let digits = random.next() >> UInt64.random(in: 0..<64, using: &random)
      let exponent = Int.random(in: -40...40, using: &random)
      let point = Int.random(in: 0..<100_000, using: &random)
      let text = "\(digits).\(point)e\(exponent)"
      if double(text) != Double(text) { Issue.record("\(text)") }
      if float(text) != Float(text) { Issue.record("\(text)") }
    }
  }

  @Test func everyFloatReadsBackFromItsShortestForm() {
    var random = SeededRandom(seed: 0xF10A7)
    for _ in 0..<20_000 {
      let value = Float(bitPattern: UInt32(truncatingIfNeeded: random.next()))
      guard value.isFinite else { continue }
      if float(value.description) != value { Issue.record("\(value)") }
    }
  }

  @Test func integersAtTheEdgesAreReadAnyWayTheyAreWritten() {
    func int64(_ text: String) -> Int64? {
      Array(text.utf8).withUnsafeBufferPointer { try? ScalarText.integer($0, as: Int64.self).get() }
    }
    #expect(int64("9223372036854775807") == .max)
    #expect(int64("-9223372036854775808") == .min)
    #expect(int64("9223372036854775807.0") == .max)
    #expect(int64("922337203685477580.7e1") == .max)
    #expect(int64("9223372036854775808") == nil)
    #expect(int64("-9223372036854775809") == nil)
    #expect(int64("1e18") == 1_000_000_000_000_000_000)
    #expect(int64("1e19") == nil)
    #expect(int64("0e999999999999999999999") == 0)
    #expect(int64("1e-999999999999999999999") == nil)
    #expect(int64("100000000000000000000e-20") == 1)
    #expect(int64("-0") == 0)
    func uint64(_ text: String) -> UInt64? {
      Array(text.utf8).withUnsafeBufferPointer { try? ScalarText.integer($0, as: UInt64.self).get() }
    }
    #expect(uint64("18446744073709551615.0") == .max)
    #expect(uint64("1.8446744073709551615e19") == .max)
    #expect(uint64("18446744073709551616.0") == nil)
    #expect(uint64("18446744073709551615.1") == nil)
    #expect(uint64("1.84467440737095516150000e19") == .max)
  }
}
