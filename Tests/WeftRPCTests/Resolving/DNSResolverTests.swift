import Synchronization
import Testing

@testable import WeftRPC

/// When names are looked up, and what is made of the answers.
@Suite struct DNSResolverTests {
  /// Answers lookups from a list, one after another; the last one for ever.
  private final class Book: Sendable {
    private let answers: Mutex<[Result<[String], NameLookupError>]>
    let asked = Counter()

    init(_ answers: [Result<[String], NameLookupError>]) {
      self.answers = Mutex(answers)
    }

    @Sendable func lookup(_ host: String) throws -> [String] {
      asked.add(1)
      return try answers.withLock { $0.count > 1 ? $0.removeFirst() : $0[0] }.get()
    }
  }

  private static let unknown = NameLookupError(host: "h", reason: "not known")

  private func hosts(_ resolution: Resolution?) -> [String]? {
    guard case .endpoints(let endpoints) = resolution else { return nil }
    return endpoints.map(\.host)
  }

  private func resolve(_ target: String, _ resolver: DNSResolver, _ refreshes: AsyncStream<Void>? = nil)
    -> AsyncStream<Resolution>
  {
    let none = refreshes ?? AsyncStream.makeStream(of: Void.self).stream
    return resolver.resolve(ResolverRequest(target: ResolverTarget(target), refreshes: none))
  }

  @Test func addressesOfBothFamiliesCarryTheName() async {
    let book = Book([.success(["::1", "::2", "127.0.0.1"])])
    var resolver = DNSResolver()
    resolver.lookup = book.lookup
    var results = resolve("dns:///api.example:8443", resolver).makeAsyncIterator()
    guard case .endpoints(let endpoints) = await results.next() else {
      Issue.record("no addresses")
      return
    }
    #expect(endpoints.map(\.text) == ["[::1]:8443", "127.0.0.1:8443", "[::2]:8443"])
    #expect(endpoints.allSatisfy { $0.callAuthority == "api.example:8443" && $0.serverName == "api.example" })
  }

  @Test func portIs443WhereNoneIsGiven() async {
    var resolver = DNSResolver()
    resolver.lookup = Book([.success(["10.0.0.1"])]).lookup
    var results = resolve("dns:///api.example", resolver).makeAsyncIterator()
    guard case .endpoints(let endpoints) = await results.next() else {
      Issue.record("no addresses")
      return
    }
    #expect(endpoints.map(\.text) == ["10.0.0.1:443"])
    #expect(endpoints.map(\.callAuthority) == ["api.example"])
  }

  @Test func addressIsNotLookedUp() async {
    let book = Book([.failure(Self.unknown)])
    var resolver = DNSResolver()
    resolver.lookup = book.lookup
    for (text, host) in [("dns:///127.0.0.1:80", "127.0.0.1"), ("[::1]:80", "::1")] {
      var results = resolve(text, resolver).makeAsyncIterator()
      let found = hosts(await results.next())
      #expect(found == [host])
      let end = await results.next()
      #expect(end == nil)
    }
    #expect(book.asked.value == 0)
  }

  @Test func refreshLooksTheNameUpAgain() async {
    let book = Book([.success(["10.0.0.1"]), .success(["10.0.0.2"])])
    var resolver = DNSResolver()
    resolver.options.minInterval = .zero
    resolver.options.refreshInterval = nil
    resolver.lookup = book.lookup
    let (refreshes, continuation) = AsyncStream.makeStream(of: Void.self)
    var results = resolve("dns:///h:80", resolver, refreshes).makeAsyncIterator()
    let first = hosts(await results.next())
    #expect(first == ["10.0.0.1"])
    continuation.yield()
    let second = hosts(await results.next())
    #expect(second == ["10.0.0.2"])
  }

  @Test func intervalLooksTheNameUpAgain() async {
    let book = Book([.success(["10.0.0.1"]), .success(["10.0.0.2"]), .success(["10.0.0.3"])])
    var resolver = DNSResolver()
    resolver.options.minInterval = .zero
    resolver.options.refreshInterval = .milliseconds(5)
    resolver.lookup = book.lookup
    var results = resolve("dns:///h:80", resolver).makeAsyncIterator()
    for expected in ["10.0.0.1", "10.0.0.2", "10.0.0.3"] {
      let found = hosts(await results.next())
      #expect(found == [expected])
    }
  }

  @Test func refreshesAreNotAnsweredFasterThanTheMinimum() async {
    let book = Book([.success(["10.0.0.1"])])
    var resolver = DNSResolver()
    resolver.options.minInterval = .seconds(3600)
    resolver.lookup = book.lookup
    let (refreshes, continuation) = AsyncStream.makeStream(of: Void.self)
    var results = resolve("dns:///h:80", resolver, refreshes).makeAsyncIterator()
    _ = await results.next()
    for _ in 0..<1000 {
      continuation.yield()
      await Task.yield()
    }
    #expect(book.asked.value == 1)
  }

  @Test func lookupWithoutAnAnswerIsToldAndRepeated() async {
    let book = Book([.failure(Self.unknown), .failure(Self.unknown), .success(["10.0.0.1"])])
    var resolver = DNSResolver()
    resolver.options.backoff.initial = .milliseconds(1)
    resolver.lookup = book.lookup
    var results = resolve("dns:///h:80", resolver).makeAsyncIterator()
    for _ in 0..<2 {
      let failure = await results.next()
      #expect(failure == .failed("the name \"h\" cannot be resolved: not known"))
    }
    let found = hosts(await results.next())
    #expect(found == ["10.0.0.1"])
  }

  @Test(arguments: [
    ("dns://8.8.8.8/h:80", "8.8.8.8"), ("dns:///", "names no host"), ("dns:///h:0", "the port \"0\""),
    ("dns:///:80", "names no host"),
  ])
  func whatIsNoNameIsToldOnce(_ target: String, _ problem: String) async {
    var results = resolve(target, DNSResolver()).makeAsyncIterator()
    guard case .failed(let reason) = await results.next() else {
      Issue.record("an address was found")
      return
    }
    #expect(reason.contains(problem))
    let end = await results.next()
    #expect(end == nil)
  }

  @Test func systemKnowsThisMachine() async throws {
    let addresses = try await NameLookup.addresses(of: "localhost")
    #expect(addresses.contains("127.0.0.1") || addresses.contains("::1"))
    await #expect(throws: NameLookupError.self) {
      _ = try await NameLookup.addresses(of: "no-such-host.invalid")
    }
  }
}
