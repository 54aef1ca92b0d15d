import Foundation
import Testing
import WeftHTTP2

@testable import WeftHost

@Suite struct VitalsResponderTests {
  let state = ServiceState()
  var vitals: VitalsResponder { VitalsResponder(service: "config", state: state) }

  func page(_ target: String, method: String = "GET") -> VitalsResponder.Page {
    vitals.page(
      for: HTTPRequestHead(
        method: method, target: target, scheme: "http", authority: nil, version: .http1, fields: [:],
        peer: PeerInfo(remoteAddress: "", isTLS: false, identities: [], commonName: nil)))
  }

  @Test func healthTellsStatusServiceAndTime() throws {
    let page = page("/health")
    #expect(page.status == 200)
    let body = try #require(try JSONSerialization.jsonObject(with: Data(page.text.utf8)) as? [String: String])
    #expect(body["status"] == "healthy")
    #expect(body["service"] == "config")
    #expect(body["timestamp"]?.hasSuffix("Z") == true)
  }

  @Test func aDrainingProcessIsNoPlaceForNewWork() {
    state.beginDraining()
    let page = page("/health")
    #expect(page.status == 503)
    #expect(page.text.contains("draining"))
  }

  @Test func metricsAreInPrometheusText() {
    let page = page("/metrics")
    #expect(page.status == 200)
    #expect(page.contentType.hasPrefix("text/plain; version=0.0.4"))
  }

  @Test func whatIsNotThereIsSaidWithWhatIs() {
    let page = page("/nothing?x=1")
    #expect(page.status == 404)
    #expect(page.text.contains("/health, /metrics"))
  }

  @Test(arguments: ["POST", "DELETE", "BREW"])
  func onlyReadingIsAnswered(method: String) {
    #expect(page("/health", method: method).status == 405)
  }

  @Test(arguments: ["", "a b", "line\nbreak", "\"", String(repeating: "x", count: 129), "é"])
  func aHarmfulRequestIdentifierIsReplaced(text: String) {
    #expect(RequestIdentifier.accept(text) != text)
    #expect(RequestIdentifier.accept("mine-1") == "mine-1")
  }
}
