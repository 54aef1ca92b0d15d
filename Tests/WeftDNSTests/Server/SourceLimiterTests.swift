import NIOCore
import Testing

@testable import WeftDNS

@Suite("Limits on sources")
struct SourceLimiterTests {
  @Test("a source gets its queries each second; above them every second one is sent to TCP")
  func limit() {
    let limiter = SourceLimiter(queriesPerSecond: 10)
    let start = NIODeadline.uptimeNanoseconds(1_000_000_000_000)
    let source = DNSSource.v4(1)
    for _ in 0..<10 { #expect(limiter.admit(source, now: start) == .answer) }
    #expect(limiter.admit(source, now: start) == .sendToTCP)
    #expect(limiter.admit(source, now: start) == .drop)
    #expect(limiter.admit(source, now: start) == .sendToTCP)
    #expect(limiter.admit(source, now: start + .milliseconds(100)) == .answer)
    #expect(limiter.admit(source, now: start + .milliseconds(100)) == .drop)
    for _ in 0..<10 { #expect(limiter.admit(source, now: start + .seconds(9)) == .answer) }
  }

  @Test("addresses of one /64 count as one source")
  func sources() throws {
    let one = try SocketAddress(ipAddress: "2001:db8::1", port: 1)
    let other = try SocketAddress(ipAddress: "2001:db8::2", port: 2)
    let far = try SocketAddress(ipAddress: "2001:db8:0:1::1", port: 1)
    #expect(DNSSource(one) == DNSSource(other))
    #expect(DNSSource(one) != DNSSource(far))
    let mapped = try SocketAddress(ipAddress: "::ffff:10.0.0.1", port: 1)
    #expect(DNSSource(mapped) == DNSSource(try SocketAddress(ipAddress: "10.0.0.1", port: 5)))
  }

  @Test(
    "loopback is known",
    arguments: [
      ("127.0.0.1", true), ("127.9.9.9", true), ("::1", true), ("::ffff:127.0.0.1", true),
      ("::ffff:10.0.0.1", false), ("10.0.0.1", false), ("::2", false),
    ])
  func loopback(text: String, expected: Bool) throws {
    #expect(DNSSource.isLoopback(try SocketAddress(ipAddress: text, port: 1)) == expected)
  }
}
