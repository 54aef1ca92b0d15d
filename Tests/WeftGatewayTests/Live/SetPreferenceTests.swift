import Testing
import WeftDiscovery

@testable import WeftGateway

@Suite("Which descriptor set counts")
struct SetPreferenceTests {
  private func snapshot(_ revision: UInt64, _ instances: (id: String, hash: String, version: String)...)
    -> CatalogueSnapshot
  {
    CatalogueSnapshot(
      revision: revision,
      services: [
        "a": instances.map {
          ServiceInstance(
            service: "a", id: $0.id, address: "h", port: 1, descriptorSetHash: $0.hash, version: $0.version)
        }
      ])
  }

  @Test("is the one that appeared last")
  func newest() {
    var preference = SetPreference()
    #expect(preference.rank(snapshot(1, ("1", "x", "9"))) == ["a": ["x"]])
    #expect(preference.rank(snapshot(2, ("1", "x", "9"), ("2", "y", "1"))) == ["a": ["y", "x"]])
    #expect(
      preference.rank(snapshot(3, ("1", "x", "9"), ("2", "y", "1"), ("3", "x", "9"))) == ["a": ["y", "x"]])
    // Rolled back: the old set is the new one once it had gone.
    #expect(preference.rank(snapshot(4, ("2", "y", "1"))) == ["a": ["y"]])
    #expect(preference.rank(snapshot(5, ("2", "y", "1"), ("4", "x", "9"))) == ["a": ["x", "y"]])
  }

  @Test("goes by version, number by number, when all appear at once")
  func versions() {
    var preference = SetPreference()
    #expect(
      preference.rank(snapshot(7, ("1", "x", "1.9.0"), ("2", "y", "1.10.0"), ("3", "z", ""))) == [
        "a": ["y", "x", "z"]
      ])
    #expect(SetPreference.numbers(in: "v1.10-rc2") == [1, 10, 2])
  }

  @Test("is nothing for instances without one, and few of many")
  func bounds() {
    var preference = SetPreference()
    #expect(preference.rank(snapshot(1, ("1", "", "1"))) == ["a": []])
    #expect(preference.rank(CatalogueSnapshot(revision: 2, services: ["b": []])).isEmpty)
    let many = preference.rank(
      snapshot(3, ("1", "a", ""), ("2", "b", ""), ("3", "c", ""), ("4", "d", ""), ("5", "e", "")))
    #expect(many["a"]?.count == SetPreference.maxSetsPerService)
  }

  @Test("is also the one that most instances have, however many odd ones come")
  func oddInstances() {
    var preference = SetPreference()
    _ = preference.rank(snapshot(1, ("1", "good", ""), ("2", "good", "")))
    let ranked = preference.rank(
      snapshot(
        2, ("1", "good", ""), ("2", "good", ""), ("3", "a", ""), ("4", "b", ""), ("5", "c", ""),
        ("6", "d", ""),
        ("7", "e", "")))
    #expect(ranked["a"]?.contains("good") == true)
    #expect(ranked["a"]?.count == SetPreference.maxSetsPerService)
  }
}
