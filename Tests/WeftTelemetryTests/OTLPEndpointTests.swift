import Testing

@testable import WeftTelemetry

@Suite struct OTLPEndpointTests {
  @Test(arguments: [
    ("127.0.0.1:4317", "dns:///127.0.0.1:4317", false), ("collector", "dns:///collector:4317", false),
    ("http://collector:1", "dns:///collector:1", false),
    ("https://otlp.example.com/", "dns:///otlp.example.com:4317", true),
    ("[::1]:4317", "dns:///[::1]:4317", false), ("[::1]", "dns:///[::1]:4317", false),
  ])
  func anAddressIsReadAsPeopleWriteIt(text: String, target: String, usesTLS: Bool) {
    let endpoint = OTLPEndpoint(text)
    #expect(endpoint?.target == target)
    #expect(endpoint?.usesTLS == usesTLS)
  }

  @Test(arguments: [
    "", "ftp://a:1", "a:0", "a:70000", "a:b", "http://", "http://a/v1/traces", ":1", "a b", "[::1",
  ])
  func whatIsNoAddressIsRefused(text: String) {
    #expect(OTLPEndpoint(text) == nil)
  }
}
