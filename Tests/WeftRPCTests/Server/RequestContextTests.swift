import Testing
import WeftRPC

/// What handlers know of the call that they serve.
@Suite struct RequestContextTests {
  private enum Tenant: ServerContextKey {
    typealias Value = String
  }

  private enum Order: ServerContextKey {
    typealias Value = [Int]
  }

  private struct TenantFromMetadata: ServerInterceptor {
    func intercept(_ context: ServerContext, _ next: () async throws -> Void) async throws {
      context[Tenant.self] = context.metadata("x-tenant")
      try await next()
    }
  }

  @Test func valuesThatAnInterceptorPutsThereReachTheHandler() async throws {
    let service = EchoService(unary: { _, context in
      #expect(context[Order.self] == nil)
      return Text(context[Tenant.self] ?? "none")
    })
    try await withEcho(service, interceptors: [TenantFromMetadata()]) { channel in
      let named = try await channel.unary(
        Echo.unary, Text("x"), options: CallOptions(metadata: ["x-tenant": "acme"])
      ).value
      #expect(named == "acme")
      let none = try await channel.unary(Echo.unary, Text("x")).value
      #expect(none == "none")
    }
  }

  @Test func timeLeftIsTheCallers() async throws {
    let service = EchoService(unary: { _, context in
      Text(context.timeLeft.map { $0 <= .seconds(100) && $0 > .zero ? "some" : "odd" } ?? "all")
    })
    try await withEcho(service) { channel in
      let bounded = try await channel.unary(
        Echo.unary, Text("x"), options: CallOptions(timeout: .seconds(100))
      ).value
      #expect(bounded == "some")
      let endless = try await channel.unary(Echo.unary, Text("x")).value
      #expect(endless == "all")
    }
  }
}
