import Testing

@testable import WeftRPC

/// A log may come from anywhere: no file may do more than be refused.
@Suite struct BinaryLogFuzzTests {
  @Test func mutatedLogsAreReadOrRefused() throws {
    var entry = LogEntry()
    entry.callID = 7
    entry.sequenceIDWithinCall = 1
    entry.type = .clientHeader
    entry.clientHeader = .with {
      $0.methodName = "/a.B/C"
      $0.metadata = .with { $0.entry = [.with { $0.key = "k" }] }
    }
    let one = try entry.serialized()
    let framed: [UInt8] = [0, 0, 0, UInt8(one.count)] + one
    let log = framed + framed + framed + framed
    var generator = SystemRandomNumberGenerator()
    for _ in 0..<5_000 {
      var bytes = log
      for _ in 0..<Int.random(in: 1...6, using: &generator) {
        let index = Int.random(in: 0..<bytes.count, using: &generator)
        switch Int.random(in: 0..<3, using: &generator) {
        case 0: bytes[index] = .random(in: 0...255, using: &generator)
        case 1: bytes.remove(at: index)
        default: bytes.insert(.random(in: 0...255, using: &generator), at: index)
        }
      }
      var reader = BinaryLogReader(bytes)
      var count = 0
      while reader.next() != nil { count += 1 }
      #expect(count <= bytes.count / 4)
    }
  }

  @Test func mutatedFiltersAndContextsAreReadOrRefused() {
    var generator = SystemRandomNumberGenerator()
    let filters = Array("*,a.B/*{h:256;m:1024},-a.B/C,x.Y/Z{m}".utf8)
    let context = Array(TracedCallTests.parent.utf8)
    for _ in 0..<5_000 {
      for seed in [filters, context] {
        var bytes = seed
        for _ in 0..<3 {
          let index = Int.random(in: 0..<bytes.count, using: &generator)
          bytes[index] = .random(in: 0...255, using: &generator)
        }
        let text = String(decoding: bytes, as: UTF8.self)
        _ = try? BinaryLogFilter(text)
        if let read = TraceContext(traceparent: text, tracestate: text) {
          #expect(TraceContext(traceparent: read.traceparent) != nil)
        }
      }
    }
  }
}
