import Foundation
import Testing
import WeftHTTP2

@testable import WeftHost

@Suite struct VitalsResponderTests {
  let state = ServiceState()
  var vitals: VitalsResponder { VitalsResponder(service: "config", state: state) }

  func page(_ target: String, method: String = "GET", from address: String = "") async -> VitalsResponder.Page
  {
    await vitals.page(
      for: HTTPRequestHead(
        method: method, target: target, scheme: "http", authority: nil, version: .http1, fields: [:],
        peer: PeerInfo(remoteAddress: address, isTLS: false, identities: [], commonName: nil)))
  }

  @Test func healthTellsStatusServiceAndTime() async throws {
    let page = await page("/health")
    #expect(page.status == 200)
    let body = try #require(try JSONSerialization.jsonObject(with: Data(page.text.utf8)) as? [String: String])
    #expect(body["status"] == "healthy")
    #expect(body["service"] == "config")
    #expect(body["timestamp"]?.hasSuffix("Z") == true)
  }

  @Test func aDrainingProcessIsNoPlaceForNewWork() async {
    state.beginDraining()
    let page = await page("/health")
    #expect(page.status == 503)
    #expect(page.text.contains("draining"))
  }

  @Test func metricsAreInPrometheusText() async {
    let page = await page("/metrics")
    #expect(page.status == 200)
    #expect(page.contentType.hasPrefix("text/plain; version=0.0.4"))
  }

  @Test func debugIsShownToThisMachineOnly() async {
    #expect(await page("/debug", from: "127.0.0.1:1").status == 200)
    #expect(await page("/debug", from: "192.0.2.1:1").status == 403)
  }

  @Test func debugCanBeSwitchedOff() async {
    let vitals = VitalsResponder(service: "config", state: state, debug: .off)
    let page = await vitals.page(
      for: HTTPRequestHead(method: "GET", target: "/debug", peer: PeerInfo(remoteAddress: "127.0.0.1:1")))
    #expect(page.status == 404)
    #expect(!page.text.contains("/debug,"))
  }

  @Test func whatIsNotThereIsSaidWithWhatIs() async {
    let page = await page("/nothing?x=1")
    #expect(page.status == 404)
    #expect(page.text.contains("/health, /debug, /metrics"))
  }

  @Test(arguments: ["POST", "DELETE", "BREW"])
  func onlyReadingIsAnswered(method: String) async {
    #expect(await page("/health", method: method).status == 405)
  }

  @Test(arguments: ["", "a b", "line\nbreak", "\"", String(repeating: "x", count: 129), "é"])
  func aHarmfulRequestIdentifierIsReplaced(text: String) {
    #expect(RequestIdentifier.accept(text) != text)
    #expect(RequestIdentifier.accept("mine-1") == "mine-1")
  }
}
