import Foundation
import Logging
import NIOCore
import NIOPosix
import Testing
import WeftHTTP2

@testable import WeftRPC

@Suite struct DebugPagesTests {
  private func request(
    _ target: String = "/debug", from address: String = "127.0.0.1:5", fields: HTTPFields = [:],
    identities: [String] = []
  ) -> HTTPRequestHead {
    HTTPRequestHead(
      method: "GET", target: target, fields: fields,
      peer: PeerInfo(remoteAddress: address, isTLS: !identities.isEmpty, identities: identities))
  }

  private func answer(
    _ target: String = "/debug", from address: String = "127.0.0.1:5", fields: HTTPFields = [:],
    identities: [String] = [], access: DebugPages.Access = .local, recent: RecentCalls = .shared
  ) async -> DebugPages.Answer {
    let pages = DebugPages(service: "shop", access: access, recent: recent)
    return await pages.answer(request(target, from: address, fields: fields, identities: identities))
  }

  @Test(arguments: ["127.0.0.1:5", "[::1]:5", "unix:", "[::ffff:127.0.0.1]:5"])
  func thisMachineMayLook(address: String) async {
    #expect(await answer(from: address).status == 200)
  }

  @Test func strangersMayNotLookUnlessAllMay() async {
    #expect(await answer(from: "10.0.0.7:5").status == 403)
    #expect(await answer(from: "unknown").status == 403)
    #expect(await answer(from: "10.0.0.7:5", access: .all).status == 200)
    #expect(await answer(from: "10.0.0.7:5", identities: ["spiffe://weft/config"]).status == 200)
    #expect(await answer(access: .off).status == 403)
  }

  @Test(arguments: ["x-forwarded-for", "forwarded"])
  func whatAProxyPassesOnIsNotFromThisMachine(field: String) async {
    #expect(await answer(fields: HTTPFields(dictionaryLiteral: (field, "for=1.2.3.4"))).status == 403)
  }

  @Test func browsersGetHTMLAndToolsGetJSON() async {
    let browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
    #expect(await answer(fields: ["accept": browser]).fields["content-type"]?.hasPrefix("text/html") == true)
    #expect(await answer(fields: ["accept": "*/*"]).fields["content-type"] == "application/json")
    #expect(await answer().fields["content-type"] == "application/json")
    #expect(
      await answer("/debug?format=json", fields: ["accept": browser]).fields["content-type"]
        == "application/json")
    #expect(await answer("/debug?format=html").fields["content-type"]?.hasPrefix("text/html") == true)
  }

  @Test func theJSONTellsOfMethodsAndRecentCalls() async throws {
    let refusing = EchoService(pure: { _, _ in throw RPCError(.notFound, "json 1") })
    let recentCalls = RecentCalls()
    var configuration = RPCServerConfiguration.plain
    configuration.recentCalls = recentCalls
    try await withEcho(refusing, configuration: configuration) { channel in
      _ = try await channel.unary(Echo.unary, Text("x"))
      _ = await rpcError { _ = try await channel.unary(Echo.pure, Text("x")) }
    }
    let text = await answer(recent: recentCalls).text
    let body = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    #expect(body["service"] as? String == "shop")
    let server = try #require(body["server"] as? [String: Any])
    let methods = try #require(server["methods"] as? [[String: Any]])
    let unary = try #require(methods.first { $0["method"] as? String == "test.Echo/Unary" })
    #expect(try #require(unary["started"] as? Int) > 0)
    let minute = try #require(unary["last_minute"] as? [String: Any])
    #expect(try #require(minute["p99_seconds"] as? Double) > 0)
    let recent = try #require(body["recent"] as? [String: [[String: Any]]])
    #expect(recent["failed"]?.contains { $0["message"] as? String == "json 1" } == true)
  }

  @Test func openConnectionsAndTheirCallsAreTold() async throws {
    try await withServer { _, port in
      try await withChannel("ipv4:127.0.0.1:\(port)") { channel in
        for _ in 0..<3 { _ = try await channel.unary(Echo.unary, Text("x")) }
        let options = CallOptions(metadata: ["traceparent": TracedCallTests.parent])
        try await channel.bidirectional(Echo.chat, options: options) { requests, responses in
          try await requests.write(Text("x"))
          var replies = responses.makeAsyncIterator()
          _ = try await replies.next()
          // Other tests have connections too; only this one has had four streams, one of them open.
          var report = await DebugReport.collect(service: "x")
          // The oldest calls are told of. Other tests have many, but none for long.
          while !report.running.contains(where: { $0.call.traceID == "0af7651916cd43dd8448eb211c80319c" }) {
            report = await DebugReport.collect(service: "x")
          }
          #expect(report.connectionCount > 0)
          let own = report.connections.filter { $0.totalStreams == 4 && $0.openStreams == 1 }
          #expect(report.running.contains { $0.call.path == "/test.Echo/Chat" })
          #expect(
            own.contains { $0.version == .http2 && $0.peer?.remoteAddress.hasPrefix("127.0.0.1:") == true })
        }
      }
    }
  }

  @Test func channelsAndTheirAddressesAreTold() async throws {
    try await withServer { _, port in
      let target = "static:127.0.0.1:\(port),127.0.0.1:1"
      try await withChannel(target) { channel in
        _ = try await channel.unary(Echo.unary, Text("x"))
        let report = await DebugReport.collect(service: "x")
        let own = try #require(report.channels.first { $0.target == target })
        let good = try #require(own.addresses.first { $0.address == "127.0.0.1:\(port)" })
        #expect(good.state == "ready")
        #expect(good.connections == 1)
        #expect(good.succeeded == 1)
        #expect(own.addresses.contains { $0.address == "127.0.0.1:1" })
        let page = await answer("/debug?format=html").text
        #expect(page.contains("127.0.0.1:\(port)"))
        #expect(await answer().text.contains("\"target\": \"\(target)\""))
      }
    }
  }

  @Test func aServerWithoutVitalsOfItsOwnAnswersTheUsualPages() async throws {
    // There are no metrics before the first call.
    try await withEcho { _ = try await $0.unary(Echo.unary, Text("x")) }
    let health = HealthRegistry(services: [])
    let vitals = ServerVitals(service: "shop", health: health)
    #expect(await vitals.page(for: request("/health")).status == 200)
    #expect(await vitals.page(for: request("/health")).text.contains("\"status\": \"healthy\""))
    #expect(await vitals.page(for: request("/metrics")).text.contains("# TYPE"))
    #expect(await vitals.page(for: request("/debug")).status == 200)
    #expect(await vitals.page(for: request("/debug", from: "192.0.2.1:1")).status == 403)
    #expect(await vitals.page(for: request("/nothing")).status == 404)
    var posted = request("/health")
    posted.method = "POST"
    #expect(await vitals.page(for: posted).status == 405)
    health.shutdown()
    #expect(await vitals.page(for: request("/health")).status == 503)
  }

  @Test func whatPeersSendIsNeverMarkup() async {
    let recent = RecentCalls()
    recent.add(
      failed: RecentCalls.Entry(
        method: "/a.B/C", status: .unknown, message: "<script>alert('1')</script>&\u{7}", nanoseconds: 1,
        peer: "\"><b>", requestID: "<i>", trace: nil))
    let page = await answer("/debug?format=html", recent: recent)
    #expect(page.text.contains("&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;"))
    for markup in ["<script", "<b>", "<i>", "\u{7}"] { #expect(!page.text.contains(markup)) }
    #expect(page.fields["content-security-policy"]?.contains("default-src 'none'") == true)
  }

  @Test func refreshIsOnlyWhatWasAskedForWithinBounds() async {
    #expect(!(await answer("/debug?format=html").text.contains("http-equiv=\"refresh\"")))
    #expect(
      await answer("/debug?format=html&refresh=5").text.contains("http-equiv=\"refresh\" content=\"5\""))
    #expect(await answer("/debug?format=html&refresh=-1").text.contains("content=\"1\""))
    #expect(await answer("/debug?format=html&refresh=7").text.contains("content=\"10\""))
    #expect(await answer("/debug?format=html&refresh=99999").text.contains("content=\"3600\""))
    #expect(!(await answer("/debug?format=html&refresh=x\"y").text.contains("http-equiv=\"refresh\"")))
  }

  @Test func ratesAndPercentilesAreOfTheLastMinute() async throws {
    let registry = MetricsRegistry()
    let history = MethodHistory(registry: registry)
    let metrics = registry.method(.init(method: "/a.B/C", side: .server))
    func call(_ milliseconds: Int64, _ code: StatusCode = .ok) {
      metrics.started()
      metrics.ended(code, since: .now() - .milliseconds(milliseconds))
    }
    for _ in 0..<100 { call(1_000) }
    // A minute and a half ago; what came before it is no longer of interest.
    let start = ContinuousClock.now - .seconds(90)
    for step in 0...9 { history.sample(at: start + .seconds(step * 10)) }
    for _ in 0..<9 { call(10) }
    call(10, .notFound)
    let report = await DebugReport.collect(service: "x", registry: registry, history: history)
    let method = try #require(report.server.first)
    #expect(method.started == 110)
    #expect(method.recent.started == 10)
    #expect(method.recent.failed == 1)
    #expect(method.failed == 1)
    #expect((59...62).contains(method.recent.seconds))
    #expect(try #require(method.recent.p99) < 0.1)
    #expect(method.statuses.map(\.code) == [.ok, .notFound])
  }

  @Test func durationsAreWrittenForPeople() {
    #expect(TimeText.short(seconds: 4e-8) == "40 ns")
    #expect(TimeText.short(seconds: 0.000_84) == "840 µs")
    #expect(TimeText.short(seconds: 0.012_34) == "12.3 ms")
    #expect(TimeText.short(seconds: 2.054) == "2.05 s")
    #expect(TimeText.long(.seconds(90_061)) == "1d 1h")
    #expect(TimeText.long(.zero) == "0s")
  }
}
