import Foundation
import Logging
import Testing

@testable import WeftSupervisor

/// The children are shell scripts: no part of Weft is needed to supervise.
@Suite struct SupervisorTests {
  /// A folder in which children leave marks.
  final class Marks: Sendable {
    let path = NSTemporaryDirectory() + "weft-supervisor-\(UUID().uuidString)"
    init() { try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }
    deinit { try? FileManager.default.removeItem(atPath: path) }

    func lines(_ name: String) -> [String] {
      guard let text = try? String(contentsOfFile: "\(path)/\(name)", encoding: .utf8) else { return [] }
      return text.split(separator: "\n").map(String.init)
    }

    /// Waits for a child's mark. The test's own time limit is the only one.
    func wait(for name: String, count: Int = 1) async throws -> [String] {
      while lines(name).count < count { try await Task.sleep(for: .milliseconds(5)) }
      return lines(name)
    }
  }

  let marks = Marks()

  func supervisor(
    _ children: [(name: String, script: String)], configure: (inout Supervisor.Options) -> Void = { _ in }
  ) -> Supervisor {
    var options = Supervisor.Options(
      executable: "/bin/sh", environment: ["PATH": "/usr/bin:/bin", "DIR": marks.path])
    options.backoff = Backoff(initial: .milliseconds(1), limit: .milliseconds(20), healthyAfter: .seconds(60))
    configure(&options)
    return Supervisor(
      options: options,
      children: children.map { child in
        ChildSpecification(name: child.name, isFoundation: child.name == "a") { ports in
          ["-c", child.script] + [child.name]
            + ports.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        }
      },
      logger: .silent)
  }

  /// Says that it is ready, notes its number, and sleeps until it is told to go.
  static func server(_ name: String, port: Int) -> String {
    """
    trap 'echo \(name) >> $DIR/stopped; exit 0' TERM
    echo $$ >> $DIR/\(name); echo "given $@" >> $DIR/\(name).arguments
    echo "ready \(port)" >&3
    while :; do sleep 0.01; done
    """
  }

  @Test func childrenStartInOrderAndLearnTheEarlierPorts() async throws {
    let supervisor = supervisor([("a", Self.server("a", port: 11)), ("b", Self.server("b", port: 12))])
    #expect(try await supervisor.start() == ["a": 11, "b": 12])
    #expect(marks.lines("a.arguments") == ["given "])
    #expect(marks.lines("b.arguments") == ["given a=11"])
    await supervisor.stop()
  }

  @Test func stoppingKeepsTheFoundationForLastAndLeavesNothing() async throws {
    let supervisor = supervisor([("a", Self.server("a", port: 11)), ("b", Self.server("b", port: 12))])
    _ = try await supervisor.start()
    await supervisor.stop()
    #expect(marks.lines("stopped") == ["b", "a"])
    for name in ["a", "b"] {
      let pid = try #require(marks.lines(name).first.flatMap { pid_t($0) })
      #expect(kill(pid, 0) == -1)
    }
  }

  @Test func aKilledChildComesBackWithThePortItHad() async throws {
    let supervisor = supervisor([("a", Self.server("a", port: 11))])
    _ = try await supervisor.start()
    let first = try #require(marks.lines("a").first.flatMap { pid_t($0) })
    kill(first, SIGKILL)
    let pids = try await marks.wait(for: "a", count: 2)
    #expect(pids[0] != pids[1])
    #expect(try await marks.wait(for: "a.arguments", count: 2).last == "given a=11")
    await supervisor.stop()
  }

  @Test func aChildThatDiesAtOnceIsAStartErrorAndStopsTheOthers() async throws {
    let supervisor = supervisor([("a", Self.server("a", port: 11)), ("b", "exit 3")])
    let error = await #expect(throws: StartError.self) { try await supervisor.start() }
    #expect(error?.description == "b did not start: exit code 3")
    #expect(marks.lines("stopped") == ["a"])
  }

  @Test func aChildThatNeverBecomesReadyIsKilled() async throws {
    let supervisor = supervisor([("a", "sleep 60")]) { $0.startTimeout = .milliseconds(20) }
    let error = await #expect(throws: StartError.self) { try await supervisor.start() }
    #expect(error?.description.contains("signal 9") == true)
  }

  @Test func aChildThatIgnoresTheRequestIsKilledWithWhatItStarted() async throws {
    let script =
      "trap '' TERM; echo $$ >> $DIR/a; echo 'ready 1' >&3; sleep 60 & echo $! >> $DIR/grandchild; wait; sleep 60"
    let supervisor = supervisor([("a", script)]) { $0.stopTimeout = .milliseconds(20) }
    _ = try await supervisor.start()
    let grandchild = try #require(try await marks.wait(for: "grandchild").first.flatMap { pid_t($0) })
    await supervisor.stop()
    // The grandchild comes to be gone, or to wait for init to collect it. A signal takes effect in its own time.
    while let state = try? String(contentsOfFile: "/proc/\(grandchild)/stat", encoding: .utf8),
      !state.contains(" Z "), !state.contains(" X ")
    {
      try await Task.sleep(for: .milliseconds(1))
    }
  }

  @Test func aMissingExecutableIsAStartError() async throws {
    let supervisor = supervisor([("a", "true")]) { $0.executable = "/nonexistent/weft" }
    let error = await #expect(throws: StartError.self) { try await supervisor.start() }
    #expect(error?.description.contains("cannot start /nonexistent/weft: No such file or directory") == true)
  }

  @Test func garbageOnTheLinkIsNotReadiness() async throws {
    let script =
      "head -c 100000 /dev/zero >&3; echo >&3; echo 'ready x' >&3; echo 'ready 7' >&3; while :; do sleep 0.01; done"
    let supervisor = supervisor([("a", script)])
    #expect(try await supervisor.start() == ["a": 7])
    await supervisor.stop()
  }

  @Test func waitsGrowToTheLimitAndShrinkAfterALongLife() {
    var backoff = Backoff(initial: .milliseconds(100), limit: .milliseconds(300), healthyAfter: .seconds(10))
    #expect(
      (0..<4).map { _ in backoff.next(after: .zero) } == [100, 200, 300, 300].map { .milliseconds($0) })
    #expect(backoff.next(after: .seconds(11)) == .milliseconds(100))
  }
}
