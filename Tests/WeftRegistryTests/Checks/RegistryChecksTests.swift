import Synchronization
import Testing
import WeftDiscovery

@testable import WeftRegistry

/// Answers what a test wants, and counts how many run at once.
private final class FakeProber: CheckProber {
  private struct State {
    var answers: [String: ProbeResult] = [:]
    var runs = 0
  }

  private let state = Mutex(State())

  func answer(_ id: String, _ status: HealthStatus, _ output: String = "") {
    state.withLock { $0.answers[id] = ProbeResult(status: status, output: output) }
  }

  var runs: Int { state.withLock { $0.runs } }

  func probe(_ check: HealthCheck) async -> ProbeResult {
    state.withLock { state in
      state.runs += 1
      return state.answers[check.id] ?? ProbeResult(status: .critical, output: "nobody there")
    }
  }
}

@Suite("Checks of a running registry")
struct RegistryChecksTests {
  private let prober = FakeProber()
  private let clock = ManualClock()
  private let key = InstanceKey(service: "hello", id: "1")

  private var owner: CheckOwner { .instance(key) }

  /// Runs a registry while time passes as fast as it is used.
  private func withTime(
    _ configure: (inout RegistryConfiguration) -> Void = { _ in }, _ body: (Registry) async throws -> Void
  ) async throws {
    var configuration = RegistryConfiguration()
    // Time jumps here: nobody was away.
    configuration.awayThreshold = .seconds(3_600)
    configure(&configuration)
    let registry = try await Registry(
      store: MemoryStore(), configuration: configuration, clock: clock, logger: .silent, prober: prober)
    try await withThrowingTaskGroup { group in
      group.addTask { await registry.run() }
      group.addTask { [clock] in
        while !Task.isCancelled {
          await clock.waitForSleepers()
          clock.advance(by: .milliseconds(100))
          await Task.yield()
        }
      }
      try await body(registry)
      group.cancelAll()
      clock.advance(by: .seconds(1))
    }
  }

  private func instance(_ checks: HealthCheck..., lease: Duration? = nil) -> ServiceInstance {
    var instance = ServiceInstance.sample(lease: lease)
    instance.checks = checks
    return instance
  }

  private func status(_ registry: Registry, _ id: String) -> CheckState? {
    registry.check(CheckKey(owner: owner, id: id))?.state
  }

  @Test("what a run finds becomes the check's status, with the reason, and watchers are told")
  func runs() async throws {
    try await withTime { registry in
      prober.answer("c", .passing, "200 OK")
      _ = try await registry.register(
        instance(HealthCheck(id: "c", kind: .tcp("127.0.0.1:1"), interval: .seconds(1))))
      let index = registry.index(for: .service("hello"))
      _ = await registry.wait(for: .service("hello"), after: index, timeout: .seconds(3_600))
      #expect(status(registry, "c")?.status == .passing)
      #expect(status(registry, "c")?.output == "200 OK")
      prober.answer("c", .critical, "connection refused")
      let second = registry.index(for: .service("hello"))
      _ = await registry.wait(for: .service("hello"), after: second, timeout: .seconds(3_600))
      #expect(status(registry, "c")?.status == .critical)
      #expect(registry.resolve("hello", filter: ResolveFilter(healthyOnly: true)).instances.isEmpty)
    }
  }

  @Test("a new output alone makes no revision")
  func outputs() async throws {
    try await withTime { registry in
      prober.answer("c", .passing, "first")
      var check = HealthCheck(id: "c", kind: .tcp("127.0.0.1:1"), interval: .seconds(1))
      check.state.status = .passing
      let revision = try await registry.register(instance(check))
      while status(registry, "c")?.output != "first" { await Task.yield() }
      prober.answer("c", .passing, "second")
      while status(registry, "c")?.output != "second" { await Task.yield() }
      #expect(registry.statistics.revision == revision)
    }
  }

  @Test("a TTL check that is not reported in time becomes critical, and says what was said last")
  func ttl() async throws {
    try await withTime { registry in
      _ = try await registry.register(instance(HealthCheck(id: "c", kind: .ttl(.seconds(5)))))
      _ = try await registry.setCheck(CheckKey(owner: owner, id: "c"), status: .passing, output: "all well")
      while status(registry, "c")?.status != .critical { await Task.yield() }
      #expect(status(registry, "c")?.output == "TTL expired (last output before timeout follows): all well")
      _ = try await registry.setCheck(CheckKey(owner: owner, id: "c"), status: .passing)
      #expect(status(registry, "c")?.status == .passing)
    }
  }

  @Test("an instance goes when its check has been critical for as long as it said")
  func reaps() async throws {
    try await withTime { registry in
      var check = HealthCheck(id: "c", kind: .ttl(.seconds(1)), state: CheckState(status: .passing))
      check.deregisterCriticalAfter = .seconds(60)
      _ = try await registry.register(instance(check))
      let start = clock.now
      while registry.instance(key) != nil { await Task.yield() }
      #expect(clock.now - start >= .seconds(61))
    }
  }

  @Test("an alias is as well as what it follows, and critical when that is gone")
  func alias() async throws {
    try await withTime { registry in
      var followed = ServiceInstance.sample("db", "db-1", lease: nil)
      followed.checks = [HealthCheck(id: "own", state: CheckState(status: .warning, output: "slow"))]
      _ = try await registry.register(followed)
      _ = try await registry.register(
        instance(HealthCheck(id: "c", kind: .alias(.service(id: "db-1", node: "weft")))))
      while status(registry, "c")?.status != .warning { await Task.yield() }
      _ = try await registry.deregister(followed.key)
      while status(registry, "c")?.status != .critical { await Task.yield() }
      #expect(status(registry, "c")?.output.contains("not registered") == true)
    }
  }

  @Test("most of a service does not vanish at once: it stays, and goes only when it stays silent for long")
  func selfProtection() async throws {
    try await withTime({ $0.selfProtection.longest = .seconds(60) }) { registry in
      // All at once: time passes while one after the other comes.
      let big = (0..<10).map { ServiceInstance.sample("big", "\($0)", lease: .seconds(2)) }
      let small = (0..<3).map { ServiceInstance.sample("small", "\($0)", lease: .seconds(2)) }
      _ = try await registry.commit((big + small).map { .register($0, replacingChecks: true) })
      while !registry.resolve("small").instances.isEmpty { await Task.yield() }
      while registry.statistics.protectedInstances == 0 { await Task.yield() }
      #expect(registry.resolve("big").instances.count == 10)
      #expect((registry.serviceSummaries().services.first?.protectedInstances ?? 0) > 0)
      let start = clock.now
      while !registry.resolve("big").instances.isEmpty { await Task.yield() }
      #expect(clock.now - start >= .seconds(50))
      #expect(registry.statistics.protectedInstances == 0)
    }
  }
}
