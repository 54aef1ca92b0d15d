import NIOCore
import Testing

@testable import WeftGateway

@Suite("Fuzz: envelopes")
struct EnvelopeFuzzTests {
  private static let seed = Array(
    #"{"service_type":"a","action":"b\u00e9\ud83d\ude42","data":{"x":[1,{"y":"\"}"}]},"context":{},"timestamp":-1}"#
      .utf8)

  @Test("damaged anywhere are read or refused")
  func damaged() {
    fuzz(5_000) { generator in
      var bytes = Self.seed
      for _ in 0..<Int.random(in: 1...4, using: &generator) {
        let place = Int.random(in: 0..<bytes.count, using: &generator)
        switch Int.random(in: 0..<4, using: &generator) {
        case 0: bytes[place] = UInt8.random(in: 0...255, using: &generator)
        case 1: bytes.remove(at: place)
        case 2: bytes.insert(bytes[place], at: place)
        default: bytes.removeLast(bytes.count - max(place, 1))
        }
        if bytes.isEmpty { bytes = [0x7B] }
      }
      if let members = try? JSONObjectScanner.members(of: bytes[...]) {
        #expect(members.allSatisfy { !$0.value.isEmpty && $0.value.endIndex <= bytes.count })
      }
      _ = try? EnvelopeRequest(ByteBuffer(bytes: bytes), maxContextBytes: 64)
    }
  }
}
