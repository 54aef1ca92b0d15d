import Testing
import WeftDiscovery

@testable import WeftRegistry

@Suite("A filter of instances")
struct ResolveFilterTests {
  private let instances: [ServiceInstance] = (1...4).map { number in
    var instance = ServiceInstance.sample("a", "\(number)")
    instance.tags = number.isMultiple(of: 2) ? ["even", "all"] : ["all"]
    instance.metadata = ["n": "\(number)"]
    instance.version = number < 3 ? "1" : "2"
    instance.zone = number == 4 ? "z" : "y"
    let status: HealthStatus = number == 1 ? .critical : number == 2 ? .warning : .passing
    instance.checks = [HealthCheck(id: "c", state: CheckState(status: status))]
    return instance
  }

  private func ids(_ filter: ResolveFilter) -> [String] {
    filter.apply(to: instances).map(\.id)
  }

  @Test("takes those that match everything it says")
  func matches() {
    #expect(ids(.all) == ["1", "2", "3", "4"])
    #expect(ids(ResolveFilter(tags: ["all", "even"])) == ["2", "4"])
    #expect(ids(ResolveFilter(metadata: ["n": "3"])) == ["3"])
    #expect(ids(ResolveFilter(version: "2", zone: "y")) == ["3"])
  }

  @Test("leaves out the critical, also by their node, and warnings when asked to")
  func health() {
    #expect(ids(ResolveFilter(healthyOnly: true)) == ["2", "3", "4"])
    #expect(ids(ResolveFilter(healthyOnly: true, includeWarning: false)) == ["3", "4"])
    var ill = instances
    for index in ill.indices {
      ill[index].nodeHealth = NodeHealth(status: .critical, checkID: nil, reason: "", since: .zero)
    }
    #expect(ResolveFilter(healthyOnly: true).apply(to: ill) == [])
  }

  @Test("puts the zone that is preferred first")
  func zone() {
    #expect(ids(ResolveFilter(zonePreference: "z")) == ["4", "1", "2", "3"])
  }
}
