import Testing

@testable import WeftHost

@Suite struct PatienceTests {
  @Test func whatReturnsIsWaitedFor() async {
    let (stream, continuation) = AsyncStream.makeStream(of: Int.self)
    await wait(atMost: .seconds(3600)) { continuation.yield(1) }
    continuation.finish()
    #expect(await stream.first { _ in true } == 1)
  }

  @Test func whatDoesNotReturnIsCancelled() async {
    let (stream, _) = AsyncStream.makeStream(of: Never.self)
    await wait(atMost: .milliseconds(1)) { for await _ in stream {} }
  }
}
