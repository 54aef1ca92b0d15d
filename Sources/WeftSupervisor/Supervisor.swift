import Foundation
import Logging

/// A process to keep running.
public struct ChildSpecification: Sendable {
  public let name: String
  /// Its arguments, given the ports of the children that are ready before it, and its own once it has one: a child
  /// that comes back must come back where others look for it.
  public let arguments: @Sendable (_ ports: [String: Int]) -> [String]
  /// Variables for it alone, beside those that every child gets.
  public let environment: [String: String]
  /// Whether the others need it until they are gone: it is stopped after them.
  public let isFoundation: Bool

  public init(
    name: String, environment: [String: String] = [:], isFoundation: Bool = false,
    arguments: @escaping @Sendable (_ ports: [String: Int]) -> [String]
  ) {
    self.name = name
    self.environment = environment
    self.isFoundation = isFoundation
    self.arguments = arguments
  }
}

/// A child that did not come up: nothing is left running when this is thrown.
public struct StartError: Error, Sendable, CustomStringConvertible {
  public let child: String
  public let reason: String
  public var description: String { "\(child) did not start: \(reason)" }
}

/// Starts children one after the other, starts those that die again, and stops all, foundations last.
public actor Supervisor {
  public struct Options: Sendable {
    public var executable: String
    public var environment: [String: String]
    public var backoff = Backoff()
    public var startTimeout = Duration.seconds(30)
    /// Well over the 15 seconds a process gives its own calls to finish, for it leaves the registry before that and
    /// closes its store after it.
    public var stopTimeout = Duration.seconds(30)

    public init(executable: String, environment: [String: String]) {
      self.executable = executable
      self.environment = environment
    }
  }

  let options: Options
  let logger: Logger
  private let specifications: [ChildSpecification]
  private var ports: [String: Int] = [:]
  private var running: [String: ChildProcess] = [:]
  private var keepers: [String: Task<Void, Never>] = [:]
  private var isStopping = false
  private var stopTask: Task<Void, Never>?

  public init(options: Options, children: [ChildSpecification], logger: Logger) {
    self.options = options
    self.specifications = children
    self.logger = logger
  }

  /// Starts every child and returns their ports when all are ready.
  ///
  /// - Throws: ``StartError``, or `CancellationError` when ``stop()`` came first.
  public func start() async throws -> [String: Int] {
    for specification in specifications {
      do {
        let (ready, continuation) = AsyncThrowingStream.makeStream(of: Int.self)
        keepers[specification.name] = Task { await keep(specification, firstReady: continuation) }
        guard try await firstElement(of: ready) != nil else { throw CancellationError() }
      } catch {
        let wasAskedToStop = isStopping
        await stop()
        if wasAskedToStop { throw CancellationError() }
        throw error as? StartError ?? StartError(child: specification.name, reason: "\(error)")
      }
    }
    return ports
  }

  /// Asks every child to stop, and the foundations when those are gone; waits until all are.
  public func stop() async {
    isStopping = true
    let task = stopTask ?? Task { await stopAll() }
    stopTask = task
    await task.value
  }

  /// Waits until someone has called ``stop()`` and all children are gone.
  public func untilStopped() async {
    for keeper in keepers.values { await keeper.value }
    await stopTask?.value
  }

  private func stopAll() async {
    // The others at the same time: a gateway's streams end when the services behind it end theirs.
    await withTaskGroup { group in
      for specification in specifications where !specification.isFoundation {
        group.addTask { await self.stop(specification.name) }
      }
    }
    for specification in specifications.reversed() where specification.isFoundation {
      await stop(specification.name)
    }
  }

  private func stop(_ name: String) async {
    guard let keeper = keepers[name] else { return }
    keeper.cancel()
    let child = running[name]
    child?.signal(SIGTERM)
    let reaper = Task { [options, logger] in
      guard (try? await Task.sleep(for: options.stopTimeout)) != nil else { return }
      logger.warning("killing a child that does not stop", metadata: ["child": "\(name)"])
      child?.signal(SIGKILL)
    }
    await keeper.value
    reaper.cancel()
  }

  /// Ends everything at once, for a second Ctrl-C.
  public func kill() {
    isStopping = true
    for child in running.values { child.signal(SIGKILL) }
  }

  private func firstElement(of ready: AsyncThrowingStream<Int, any Error>) async throws -> Int? {
    for try await port in ready { return port }
    return nil
  }

  /// Runs one child, again and again, until the supervisor stops.
  private func keep(
    _ specification: ChildSpecification, firstReady: AsyncThrowingStream<Int, any Error>.Continuation
  ) async {
    var backoff = options.backoff
    let name = specification.name
    while !isStopping {
      let started = ContinuousClock.now
      let outcome = await runOnce(specification, firstReady: firstReady)
      running[name] = nil
      if isStopping { break }
      guard ports[name] != nil else {
        firstReady.finish(throwing: StartError(child: name, reason: outcome))
        return
      }
      let wait = backoff.next(after: .now - started)
      logger.error(
        "child died and will be started again",
        metadata: ["child": "\(name)", "reason": "\(outcome)", "in": "\(wait)"])
      try? await Task.sleep(for: wait)
    }
    firstReady.finish()
  }

  /// One life of a child; returns how it ended.
  private func runOnce(
    _ specification: ChildSpecification, firstReady: AsyncThrowingStream<Int, any Error>.Continuation
  ) async -> String {
    let name = specification.name
    let child: ChildProcess
    do {
      child = try ChildProcess(
        executable: options.executable, arguments: specification.arguments(ports),
        environment: options.environment.merging(specification.environment) { _, own in own })
    } catch {
      return "\(error)"
    }
    running[name] = child
    let impatience = Task { [options, logger] in
      guard (try? await Task.sleep(for: options.startTimeout)) != nil else { return }
      logger.error(
        "child is not ready in time", metadata: ["child": "\(name)", "timeout": "\(options.startTimeout)"])
      child.signal(SIGKILL)
    }
    defer { impatience.cancel() }

    // A detached task: the keeper's cancellation must not end this loop, for the child is gone only when it says so.
    return await Task.detached { [self] in
      for await event in child.events {
        switch event {
        case .ready(let port):
          impatience.cancel()
          await becameReady(name, port: port)
          firstReady.yield(port)
        case .exited(let status): return "\(status)"
        }
      }
      return "it went away"
    }.value
  }

  private func becameReady(_ name: String, port: Int) {
    ports[name] = port
    logger.info(
      "ready",
      metadata: ["child": "\(name)", "port": "\(port)", "pid": "\(running[name]?.processIdentifier ?? 0)"])
  }
}
