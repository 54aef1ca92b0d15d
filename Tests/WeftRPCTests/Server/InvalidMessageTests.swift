import NIOCore
import Testing

@testable import WeftRPC

/// Messages that cannot be decoded.
@Suite struct InvalidMessageTests {
  private func code(_ bytes: [UInt8]) -> StatusCode? {
    do {
      _ = try Google_Rpc_BadRequest(received: ByteBuffer(bytes: bytes))
      return nil
    } catch {
      return (error as? RPCError)?.code
    }
  }

  @Test func brokenMessageIsAnInternalError() {
    #expect(code([0x0a, 5]) == .internalError)
  }

  @Test func messageThatTakesTooMuchMemoryExhaustsAResource() {
    // Two bytes for each empty violation, which takes some fifty decoded.
    #expect(
      code([UInt8](repeating: 0, count: 4 << 20).enumerated().map { $0.offset % 2 == 0 ? 0x0a : 0 })
        == .resourceExhausted)
  }
}
