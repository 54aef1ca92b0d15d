import Testing
import WeftDiscovery

@testable import WeftRegistry

@Suite("Self-protection")
struct SelfProtectionTests {
  private var protection = SelfProtection(SelfProtectionPolicy())
  private let ten = (0..<10).map { InstanceKey(service: "a", id: "\($0)") }

  private func spares(_ count: Int, among all: Int = 10, now: Duration = .zero) -> Bool {
    protection.mustSpare(Array(ten.prefix(count)), of: "a", among: all, now: now)
  }

  @Test("begins above the share, not at it, and not for few")
  func share() {
    #expect(!spares(5))
    #expect(spares(6))
    #expect(!spares(4, among: 4))
  }

  @Test("counts what silence has removed within the window")
  mutating func window() {
    protection.noteRemoval(of: "a", count: 5, now: .seconds(10))
    #expect(spares(1, among: 5, now: .seconds(69)))
    #expect(!spares(1, among: 5, now: .seconds(70)))
  }

  @Test("counts who stays silent, and ends as they are heard again")
  mutating func ends() {
    protection.spare(Array(ten.prefix(6)), now: .zero)
    #expect(spares(1))
    for key in ten.prefix(3) { protection.forget(key) }
    #expect(!protection.mustSpare([ten[9]], of: "a", among: 10, now: .zero))
    for key in ten { protection.forget(key) }
    #expect(protection.services.isEmpty)
  }

  @Test("lasts for a while only, and can be turned off")
  mutating func limits() {
    protection.spare(ten, now: .zero)
    #expect(spares(10, now: .seconds(599)))
    #expect(!spares(10, now: .seconds(600)))
    var policy = SelfProtectionPolicy()
    policy.share = 1
    #expect(!SelfProtection(policy).mustSpare(ten, of: "a", among: 10, now: .zero))
  }
}
