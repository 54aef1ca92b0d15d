import Synchronization
import Testing
import WeftRPC

@Suite struct SharedWorkTests {
  @Test func whoeverAsksBeforeItBeginsSharesIt() async {
    let runs = Atomic(0)
    let begun = AsyncStream.makeStream(of: Void.self)
    let gate = AsyncStream.makeStream(of: Void.self)
    let work = SharedWork {
      let run = runs.add(1, ordering: .relaxed).newValue
      begun.continuation.yield()
      // Only the first run waits.
      if run == 1 { for await _ in gate.stream { break } }
      return run
    }
    async let first = work.value()
    for await _ in begun.stream { break }
    let others = await withTaskGroup(of: Int.self) { group in
      for _ in 0..<1_000 { group.addTask { await work.value() } }
      // Some have asked by now or all will: none of them gets the run that was begun before.
      gate.continuation.yield()
      return await group.reduce(into: []) { $0.append($1) }
    }
    #expect(await first == 1)
    #expect(others.allSatisfy { $0 > 1 })
    #expect(runs.load(ordering: .relaxed) < 100, "a thousand askers were served by a few runs")
  }

  @Test func nobodyGetsWhatWasMadeBeforeHeAsked() async {
    let value = Mutex(0)
    let work = SharedWork { value.withLock { $0 } }
    for number in 1...50 {
      value.withLock { $0 = number }
      #expect(await work.value() == number)
    }
  }
}
