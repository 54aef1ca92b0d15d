import Testing
import WeftDiscovery
import WeftRPC

@testable import WeftRegistry

@Suite("Keys, sessions and access over RPC")
struct KeyValueServiceTests {
  private typealias Keys = Weft_Registry_V1_KeyValueServiceClient
  private typealias Sessions = Weft_Registry_V1_SessionServiceClient
  private typealias Access = Weft_Registry_V1_AccessServiceClient

  private static let initialSecret = "6c8bf6d2-6a46-4b6c-a1c1-0f6f8d5d2f11"

  private func options(_ secret: String?) -> CallOptions {
    var options = CallOptions(timeout: .seconds(30))
    if let secret { options.metadata = ["authorization": "Bearer \(secret)"] }
    return options
  }

  private func put(
    _ keys: Keys, _ key: String, _ value: String = "", secret: String? = nil,
    _ condition: Weft_Registry_V1_PutKeyRequest.OneOf_Condition? = nil
  ) async throws -> Weft_Registry_V1_PutKeyResponse {
    var request = Weft_Registry_V1_PutKeyRequest()
    request.key = key
    request.value = Array(value.utf8)
    request.condition = condition
    return try await keys.putKey(request, options: options(secret))
  }

  @Test("keys are put, read, listed in pages, and deleted")
  func keys() async throws {
    try await withLiveRegistry { live, _ in
      let channel = live.channel()
      let keys = Keys(channel)
      #expect(try await put(keys, "a/1", "x", .ifRevision(0)).done)
      let refused = try await put(keys, "a/1", "y", .ifRevision(0))
      #expect(!refused.done)
      #expect(refused.refusal.contains("a/1"))
      for key in ["a/2", "a/x/1", "a/x/2", "b"] { _ = try await put(keys, key, "v") }

      var get = Weft_Registry_V1_GetKeyRequest()
      get.key = "a/1"
      #expect(try await keys.getKey(get).entry?.value == Array("x".utf8))
      get.key = "none"
      let error = await #expect(throws: RPCError.self) { try await keys.getKey(get) }
      #expect(error?.code == .notFound)

      var list = Weft_Registry_V1_ListKeysRequest()
      list.prefix = "a/"
      list.limit = 2
      var names: [String] = []
      while true {
        let page = try await keys.listKeys(list)
        names += page.entries.map(\.key)
        guard page.more, let last = page.entries.last else { break }
        list.afterKey = last.key
      }
      #expect(names == ["a/1", "a/2", "a/x/1", "a/x/2"])

      list = Weft_Registry_V1_ListKeysRequest()
      list.namesOnly = true
      list.prefix = "a/"
      list.separator = "/"
      list.limit = 1
      names = []
      while true {
        let page = try await keys.listKeys(list)
        names += page.names
        guard page.more, let last = page.names.last else { break }
        list.afterKey = last
      }
      #expect(names == ["a/1", "a/2", "a/x/"])

      var delete = Weft_Registry_V1_DeleteKeyRequest()
      delete.key = "a/"
      delete.recurse = true
      #expect(try await keys.deleteKey(delete).done)
      #expect(try await keys.listKeys(.init()).entries.map(\.key) == ["b"])
      await channel.shutdown()
    }
  }

  @Test("transactions answer with results, or with each failure")
  func transactions() async throws {
    try await withLiveRegistry { live, _ in
      let channel = live.channel()
      let keys = Keys(channel)
      func operation(_ verb: Weft_Registry_V1_KeyOperation.Verb, _ key: String)
        -> Weft_Registry_V1_KeyOperation
      {
        var operation = Weft_Registry_V1_KeyOperation()
        operation.verb = verb
        operation.key = key
        return operation
      }
      var request = Weft_Registry_V1_TransactRequest()
      request.operations = [operation(.set, "a"), operation(.get, "none"), operation(.checkNotExists, "a")]
      let failed = try await keys.transact(request)
      #expect(failed.failures.map(\.operation) == [1, 2])
      request.operations = [operation(.set, "a"), operation(.getTree, "")]
      let done = try await keys.transact(request)
      #expect(done.failures == [])
      #expect(done.results.map(\.key) == ["a", "a"])
      request.operations = [operation(.unspecified, "a")]
      let error = await #expect(throws: RPCError.self) { try await keys.transact(request) }
      #expect(error?.code == .invalidArgument)
      #expect(error?.message.hasPrefix("operations[0].verb") == true)
      await channel.shutdown()
    }
  }

  @Test("sessions are created, hold locks, and end")
  func sessions() async throws {
    try await withLiveRegistry { live, _ in
      let channel = live.channel()
      let (keys, sessions) = (Keys(channel), Sessions(channel))
      var create = Weft_Registry_V1_CreateSessionRequest()
      create.session = .init()
      create.session?.name = "leader"
      create.session?.lockDelayMilliseconds = 0
      create.session?.ttlMilliseconds = 10_000
      let session = try #require(try await sessions.createSession(create).session)
      #expect(session.node == Node.registryName)
      #expect(try await put(keys, "lead", "me", .acquire(session.id)).done)
      let other = try #require(try await sessions.createSession(create).session)
      #expect(try await put(keys, "lead", "you", .acquire(other.id)).done == false)

      var renew = Weft_Registry_V1_RenewSessionRequest()
      renew.id = session.id
      #expect(try await sessions.renewSession(renew).session?.id == session.id)
      #expect(try await sessions.listSessions(.init()).sessions.count == 2)
      var destroy = Weft_Registry_V1_DestroySessionRequest()
      destroy.id = session.id
      for _ in 0..<2 { _ = try await sessions.destroySession(destroy) }
      let error = await #expect(throws: RPCError.self) { try await sessions.renewSession(renew) }
      #expect(error?.code == .notFound)
      #expect(try await put(keys, "lead", "you", .acquire(other.id)).done)
      await channel.shutdown()
    }
  }

  @Test("a watch tells what is there and then what changes, in messages of bounded size")
  func watch() async throws {
    try await withLiveRegistry { live, _ in
      let channel = live.channel()
      let keys = Keys(channel)
      let large = String(repeating: "x", count: 300_000)
      for number in 0..<4 { _ = try await put(keys, "a/\(number)", large) }
      var request = Weft_Registry_V1_WatchKeysRequest()
      request.prefix = "a/"
      let seen = try await keys.watchKeys(request) { responses in
        var seen: [String] = []
        var pieces = 0
        for try await response in responses {
          if pieces == 0 { #expect(response.snapshot) }
          pieces += 1
          seen += response.entries.map(\.key) + response.removed.map { "-" + $0 }
          if response.continues { continue }
          if seen.count == 4 {
            #expect(pieces == 4)
            _ = try await put(keys, "a/4", "new")
            var delete = Weft_Registry_V1_DeleteKeyRequest()
            delete.key = "a/0"
            _ = try await keys.deleteKey(delete)
          }
          if seen.contains("-a/0") { break }
        }
        return seen
      }
      #expect(seen.prefix(4) == ["a/0", "a/1", "a/2", "a/3"])
      #expect(Set(seen.dropFirst(4)) == ["a/4", "-a/0"])
      await channel.shutdown()
    }
  }

  @Test("with rules in force each token does what its policies say, and no more")
  func access() async throws {
    var configuration = RegistryConfiguration()
    configuration.access.isEnabled = true
    configuration.access.allowsByDefault = false
    configuration.access.initialManagementSecret = Self.initialSecret
    try await withLiveRegistry(configuration) { live, client in
      let channel = live.channel()
      let (keys, access) = (Keys(channel), Access(channel))
      let admin = options(Self.initialSecret)
      var policy = Weft_Registry_V1_CreatePolicyRequest()
      policy.policy = .init()
      policy.policy?.name = "app"
      policy.policy?.rules = #"key_prefix "app/" { policy = "write" } service "web" { policy = "write" }"#
      // The initial token is stored by the first commit; this one waits behind it.
      let created = try #require(try await access.createPolicy(policy, options: admin).policy)
      var token = Weft_Registry_V1_CreateTokenRequest()
      token.token = .init()
      token.token?.policies = [created.id]
      let made = try await access.createToken(token, options: admin)
      #expect(isUUID(made.secret))

      #expect(try await put(keys, "app/a", "x", secret: made.secret).done)
      for (key, secret) in [
        ("other", made.secret), ("app/a", nil), ("app/a", "00000000-0000-4000-8000-000000000000"),
      ] {
        let error = await #expect(throws: RPCError.self) { try await put(keys, key, "x", secret: secret) }
        #expect(error?.code == .permissionDenied)
      }
      _ = try await put(keys, "other", "x", secret: Self.initialSecret)
      #expect(try await keys.listKeys(.init(), options: options(made.secret)).entries.map(\.key) == ["app/a"])
      #expect(try await keys.listKeys(.init(), options: options(nil)).entries == [])

      let denied = await #expect(throws: RPCError.self) { try await client.register(.sample("web")) }
      #expect(denied?.code == .permissionDenied)
      let listing = await #expect(throws: RPCError.self) {
        try await access.listTokens(.init(), options: options(made.secret))
      }
      #expect(listing?.code == .permissionDenied)
      // Whoever has a token may know what it is.
      #expect(
        try await access.getToken(.init(), options: options(made.secret)).token?.accessor
          == made.token?.accessor)
      let again = await #expect(throws: RPCError.self) { try await access.bootstrap(.init()) }
      #expect(again?.code == .permissionDenied)

      var delete = Weft_Registry_V1_DeleteTokenRequest()
      delete.accessor = made.token?.accessor ?? ""
      _ = try await access.deleteToken(delete, options: admin)
      let error = await #expect(throws: RPCError.self) {
        try await put(keys, "app/a", "x", secret: made.secret)
      }
      #expect(error?.code == .permissionDenied)
      await channel.shutdown()
    }
  }

  @Test("without rules in force there is nothing to manage")
  func disabled() async throws {
    try await withLiveRegistry { live, _ in
      let channel = live.channel()
      let error = await #expect(throws: RPCError.self) { try await Access(channel).bootstrap(.init()) }
      #expect(error?.code == .failedPrecondition)
      await channel.shutdown()
    }
  }

  @Test("a client that asks too often is told when to come back")
  func rateLimit() async throws {
    var configuration = RegistryConfiguration()
    configuration.rateLimit = RateLimit(requestsPerSecond: 0.001, burst: 2)
    try await withLiveRegistry(configuration) { live, _ in
      let channel = live.channel()
      let keys = Keys(channel)
      for _ in 0..<2 { _ = try await keys.listKeys(.init()) }
      let error = await #expect(throws: RPCError.self) { try await keys.listKeys(.init()) }
      #expect(error?.code == .resourceExhausted)
      #expect(error?.message.contains("try again in") == true)
      #expect(live.server.registry.rateLimiter?.limitedRequests ?? 0 > 0)
      await channel.shutdown()
    }
  }
}
