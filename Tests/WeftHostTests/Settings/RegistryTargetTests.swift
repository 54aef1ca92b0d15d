import Testing

@testable import WeftHost

@Suite struct RegistryTargetTests {
  @Test(
    arguments: [
      "none", "ipv4:127.0.0.1:8502", "ipv4:10.0.0.1:1,10.0.0.2:65535", "ipv6:[::1]:8502",
      "dns:///registry:8502",
      "registry:8502", "static:a:1,b:2", "unix:/run/weft.sock",
    ])
  func goodTargetsAreTaken(target: String) {
    #expect(RegistryTarget.problem(target) == nil)
  }

  @Test(
    arguments: [
      "", "localhost", "ipv4:127.0.0.1", "ipv4:127.0.0.1:0", "ipv4:127.0.0.1:65536", "ipv4:127.0.0.1:x",
      "ipv4::8502",
      "ipv4:127.0.0.1:1,", "unix:", "weft:///registry", "http://localhost:8502",
    ])
  func slipsAreRefused(target: String) {
    #expect(RegistryTarget.problem(target) != nil)
  }
}
