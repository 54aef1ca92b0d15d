import Synchronization

@testable import WeftRegistryPage

/// A registry that a test fills.
final class SampleSource: PageSource {
  struct State: Sendable {
    var index: UInt64 = 1
    var services = [PageService(name: "web", tags: ["v1"], passing: 2, critical: 1)]
    var keys: [String: PageKey] = [:]
    /// What every look is refused with.
    var refusal: PageProblem?
    var isClosed = false
    var visitors: [PageVisitor] = []
  }

  let state = Mutex(State())

  func change(_ body: (inout State) -> Void) {
    state.withLock { state in
      body(&state)
      state.index += 1
    }
  }

  func about(_ visitor: PageVisitor) throws(PageProblem) -> PageAbout {
    PageAbout(datacenter: "dc1", node: "weft", hasRules: true, actor: visitor.token ?? "anonymous")
  }

  func content(of view: PageView, for visitor: PageVisitor) throws(PageProblem) -> PageContent {
    let (state, refusal) = state.withLock { state in
      state.visitors.append(visitor)
      return (state, state.refusal)
    }
    if let refusal { throw refusal }
    switch view {
    case .services: return PageContent(index: state.index, .services(state.services))
    case .service: return PageContent(index: state.index, .service([]))
    case .nodes: return PageContent(index: state.index, .nodes([]))
    case .node: return PageContent(index: state.index, .node(nil, []))
    case .keys: return PageContent(index: state.index, .keys(PageKeys()))
    case .key(let key): return PageContent(index: state.index, .key(state.keys[key] ?? PageKey()))
    }
  }

  func wait(for view: PageView, after index: UInt64, timeout: Duration) async -> Bool {
    let end = ContinuousClock.now + timeout
    while state.withLock({ $0.index == index }), !Task.isCancelled, .now < end {
      try? await Task.sleep(for: .milliseconds(2))
    }
    return !state.withLock { $0.isClosed }
  }

  func put(_ key: String, _ value: [UInt8], at index: UInt64, for visitor: PageVisitor)
    async throws(PageProblem)
  {
    let isStored = state.withLock { state in
      guard state.keys[key]?.modified ?? 0 == index else { return false }
      state.index += 1
      var entry = PageKey(value: value)
      entry.modified = state.index
      state.keys[key] = entry
      return true
    }
    if !isStored { throw PageProblem(status: 409, "somebody changed \(key) meanwhile") }
  }

  func delete(_ key: String, at index: UInt64, for visitor: PageVisitor) async throws(PageProblem) {
    state.withLock { $0.keys[key] = nil }
  }
}
