import Testing
import WeftDiscovery
import WeftRPC

@testable import WeftRegistry

@Suite("The registry over RPC")
struct RegistryServiceTests {
  private func failure(_ body: () async throws -> Void) async -> RPCError? {
    do {
      try await body()
      return nil
    } catch {
      return error as? RPCError
    }
  }

  @Test("does everything its proto says")
  func everything() async throws {
    try await withLiveRegistry { live, client in
      let set = ProtoFile_weft__registry__v1__registry.file.descriptorSet()
      let hash = try await client.putDescriptorSet(set)
      #expect(try await client.descriptorSet(hash: hash) == set)

      var instance = ServiceInstance.full
      instance.descriptorSetHash = hash
      #expect(try await client.register(instance) == .milliseconds(1_234))
      #expect(try await client.register(.sample()) == .seconds(10))
      let resolved = try await client.resolve("matching")
      #expect(resolved.instances == [instance.created(1)])
      #expect(resolved.revision == 2)
      #expect(
        try await client.listServices().services.map { "\($0.name) \($0.instances)" } == [
          "hello 1", "matching 1",
        ])

      let unknown = InstanceKey(service: "hello", id: "nobody")
      #expect(try await client.heartbeat([ServiceInstance.sample().key, unknown]) == [unknown])
      try await client.deregister(ServiceInstance.sample().key)
      try await client.deregister(ServiceInstance.sample().key)
      #expect(try await client.listServices().revision == 3)
    }
  }

  @Test("streams a watch until the watcher has had enough")
  func watch() async throws {
    try await withLiveRegistry { live, client in
      _ = try await client.register(.sample())
      var seen: [WatchUpdate] = []
      struct Enough: Error {}
      let collected = Collector<WatchUpdate>()
      await #expect(throws: Enough.self) {
        try await client.watch(service: "hello") { update in
          collected.add(update)
          if update.position.revision == 2 { throw Enough() }
          _ = try await client.register(.sample("hello", "2"))
        }
      }
      seen = collected.elements
      #expect(seen.first?.snapshot == [.sample(created: 1)])
      #expect(seen.last?.changes == [.put(2, .sample("hello", "2", created: 1, added: 2))])
      // The server notices that nobody listens any more.
      try await eventually { live.server.registry.statistics.watchers == 0 }
    }
  }

  @Test("tells watchers what becomes of a node as it tells those who ask")
  func nodeHealth() async throws {
    try await withLiveRegistry { live, client in
      _ = try await client.register(.sample())
      struct Enough: Error {}
      let seen = Collector<ServiceInstance>()
      await #expect(throws: Enough.self) {
        try await client.watch(service: "hello") { update in
          for change in update.changes {
            guard case .put(let instance) = change.kind else { continue }
            seen.add(instance)
            throw Enough()
          }
          try await client.setMaintenance("new disk", of: .node("weft"))
        }
      }
      #expect(seen.elements.map(\.status) == [.critical])
      #expect(seen.elements.map(\.nodeHealth?.reason) == ["new disk"])
      #expect(try await client.resolve("hello").instances == seen.elements)
    }
  }

  @Test("names the field that is wrong")
  func invalid() async throws {
    try await withLiveRegistry { _, client in
      let error = await failure { _ = try await client.register(.sample("hello", "1", port: 0)) }
      #expect(error?.code == .invalidArgument)
      #expect(error?.message == "instance.port: 0 is not between 1 and 65535")
      let violations = error?.details(of: Google_Rpc_BadRequest.self).flatMap(\.fieldViolations)
      #expect(violations?.map(\.field) == ["instance.port"])
      let unnamed = await failure { _ = try await client.resolve("a b") }
      #expect(unnamed?.code == .invalidArgument)
      #expect(unnamed?.message.hasPrefix("service: ") == true)
      let many = (0...1_000).map { InstanceKey(service: "hello", id: "\($0)") }
      #expect(await failure { _ = try await client.heartbeat(many) }?.code == .invalidArgument)
      let long = InstanceKey(service: String(repeating: "x", count: 1 << 20), id: "1")
      let short = await failure { _ = try await client.heartbeat([ServiceInstance.sample().key, long]) }
      #expect(short?.message == "instances[1].service: has 1048576 bytes; at most 255 are taken")
    }
  }

  @Test("refuses a descriptor set that does not link, and an instance whose set is not there")
  func descriptorSets() async throws {
    try await withLiveRegistry { _, client in
      for bad in [[], [0xFF, 0xFF, 0xFF], Array("hello".utf8)] as [[UInt8]] {
        let error = await failure { _ = try await client.putDescriptorSet(bad) }
        #expect(error?.code == .invalidArgument)
        #expect(error?.message.hasPrefix("descriptor_set: ") == true)
      }
      // A file "a.proto" that imports what is not there.
      let file: [UInt8] = [0x0A, 0x07] + Array("a.proto".utf8) + [0x1A, 0x07] + Array("b.proto".utf8)
      let error = await failure { _ = try await client.putDescriptorSet([0x0A, UInt8(file.count)] + file) }
      #expect(error?.code == .invalidArgument)
      #expect(error?.message.contains("a.proto") == true)
      let hash = String(repeating: "0", count: 64)
      #expect(
        await failure { _ = try await client.register(.sample(hash: hash)) }?.code == .failedPrecondition)
      #expect(await failure { _ = try await client.descriptorSet(hash: hash) }?.code == .notFound)
      #expect(await failure { _ = try await client.descriptorSet(hash: "x") }?.code == .invalidArgument)
    }
  }

  @Test("ends watches with UNAVAILABLE when it is shut down, so that clients come back")
  func shutdown() async throws {
    try await withLiveRegistry { live, client in
      let started = Flag()
      async let ended = failure {
        try await client.watch { _ in started.raise() }
      }
      try await eventually { started.isRaised }
      await live.server.shutdown()
      #expect(await ended?.code == .unavailable)
    }
  }
}
