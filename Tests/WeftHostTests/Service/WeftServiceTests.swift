import Foundation
import Logging
import NIOCore
import NIOPosix
import Synchronization
import Testing
import WeftRPC

@testable import WeftHost

@Suite struct WeftServiceTests {
  let group = MultiThreadedEventLoopGroup.singleton
  let logger = Logger.silent

  func settings(_ service: WeftService, _ arguments: String...) throws -> Settings {
    let loader = SettingsLoader(service.settings)
    let arguments = ["--port", "0", "--registry", "none"] + arguments
    guard case .settings(let settings) = try loader.load(arguments: arguments, environment: [:], program: "")
    else {
      throw CancellationError()
    }
    return settings
  }

  @Test func anEndRunsItsHooksInOrder() async throws {
    let marked = Marks()
    let service = WeftService(name: "hello", version: "1") { environment in
      marked.watch(environment)
    }
    let running = try await service.start(
      settings: try settings(service, "--insecure"), group: group, logger: logger)
    #expect(running.port > 0)
    await running.stop()
    #expect(marked.all == ["drain", "stop 2", "stop 1"])
  }

  @Test func interceptorsAndLimitsOfAServiceHold() async throws {
    let seen = Mutex<[String]>([])
    struct Noting: ServerInterceptor {
      let name: String
      let note: @Sendable (String) -> Void
      func intercept(_ context: ServerContext, _ next: () async throws -> Void) async throws {
        note(name)
        try await next()
      }
    }
    let service = WeftService(name: "hello", version: "1") { NoMethods() }
      .intercepted(by: Noting(name: "a") { text in seen.withLock { $0.append(text) } })
      .intercepted(by: Noting(name: "b") { text in seen.withLock { $0.append(text) } })
      .configured { $0.reflection = false }
    let running = try await service.start(
      settings: try settings(service, "--insecure"), group: group, logger: logger)
    let channel = WeftRPC.Channel(target: "ipv4:127.0.0.1:\(running.port)")
    let health = try await Grpc_Health_V1_HealthClient(channel).list(.init())
    #expect(health.statuses["test.NoMethods"]?.status == .serving)
    #expect(seen.withLock { $0 } == ["a", "b"])
    await #expect(throws: RPCError.self) {
      try await channel.unary(
        MethodPath(path: "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo"), ByteBuffer(),
        options: CallOptions())
    }
    await channel.shutdown()
    await running.stop()
  }

  @Test func missingCertificatesAreNamedWithTheCommandThatMakesThem() async throws {
    let service = WeftService(name: "hello", version: "1") { _ in NoMethods() }
    let settings = try settings(service, "--certs", "/nonexistent")
    let error = await #expect(throws: CertificatesUnusable.self) {
      try await service.start(settings: settings, group: group, logger: logger)
    }
    #expect(error?.description.contains("/nonexistent/hello.pem") == true)
    #expect(error?.description.contains("weft certs issue hello --certs /nonexistent") == true)
  }

  @Test(arguments: ["0.0.0.0", "::"])
  func anAddressThatNobodyCanCallIsNotAdvertised(host: String) throws {
    let service = WeftService(name: "hello", version: "1") { _ in NoMethods() }
    let open = try settings(service, "--host", host)
    let error = #expect(throws: SettingsError.self) { try WeftService.advertisedAddress(open) }
    #expect(error?.key == "advertise")
    let told = try settings(service, "--host", host, "--advertise", "10.0.0.7")
    #expect(try WeftService.advertisedAddress(told) == "10.0.0.7")
  }

  @Test func aPortInUseIsNamed() async throws {
    let service = WeftService(name: "hello", version: "1") { _ in NoMethods() }
    let first = try await service.start(
      settings: try settings(service, "--insecure"), group: group, logger: logger)
    let taken = try settings(service, "--insecure", "--port", "\(first.port)")
    let error = await #expect(throws: ListenError.self) {
      try await service.start(settings: taken, group: group, logger: logger)
    }
    #expect(
      error?.description
        == "cannot listen on 127.0.0.1:\(first.port): the port is in use by another process; --port chooses another"
    )
    await first.stop()
  }
}

/// What happened, in order.
private final class Marks: Sendable {
  private let marks = Mutex<[String]>([])
  var all: [String] { marks.withLock { $0 } }

  func watch(_ environment: ServiceEnvironment) -> NoMethods {
    environment.onStop { self.add("stop 1") }
    environment.onStop { self.add("stop 2") }
    environment.onDrain { self.add("drain") }
    return NoMethods()
  }

  private func add(_ mark: String) { marks.withLock { $0.append(mark) } }
}
