import NIOCore
import Testing

@testable import WeftHTTP2

/// Random and damaged bytes give errors, never a crash or a stream that is left over.
@Suite struct SessionFuzzTests {
  private func garbage(_ generator: inout SeededRandom, _ count: Int) -> [UInt8] {
    (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
  }

  /// A frame that looks like one, with a stream that may exist.
  private func frame(_ generator: inout SeededRandom) -> [UInt8] {
    let stream = UInt32.random(in: 0..<9, using: &generator)
    switch Int.random(in: 0..<6, using: &generator) {
    case 0:
      return Frame.request(stream: stream | 1, end: Bool.random(using: &generator))
    case 1:
      let status = Frame.fieldBlock([(":status", ["200", "100", "x"].randomElement(using: &generator) ?? "")])
      return Frame(
        Frame.Kind.headers, flags: UInt8.random(in: 0...255, using: &generator) & 0x2d, stream: stream, status
      ).bytes
    case 2:
      let size = Int.random(in: 0..<300, using: &generator)
      return Frame(
        Frame.Kind.data, flags: UInt8.random(in: 0...1, using: &generator), stream: stream,
        garbage(&generator, size)
      ).bytes
    case 3:
      return Frame(
        Frame.Kind.windowUpdate, stream: stream,
        Frame.number(UInt32.random(in: 0...UInt32.max, using: &generator))
      ).bytes
    case 4:
      return Frame(
        Frame.Kind.reset, stream: stream, Frame.number(UInt32.random(in: 0...14, using: &generator))
      ).bytes
    default:
      let size = [0, 4, 5, 6, 8, 12, 40].randomElement(using: &generator) ?? 0
      return Frame(
        UInt8.random(in: 0...12, using: &generator), flags: UInt8.random(in: 0...255, using: &generator),
        stream: stream, garbage(&generator, size)
      ).bytes
    }
  }

  private func run(_ role: HTTP2Session.Role, _ generator: inout SeededRandom) throws {
    let engine = try Engine(role)
    engine.answer = { stream in
      stream.send(head: 200, fields: ["x": "y"])
      stream.send(data: ByteBuffer(repeating: 1, count: 70_000))
      stream.finish(trailers: ["t": "1"])
    }
    var calls: [RecordingHandler] = []
    if role == .client { calls = (0..<4).compactMap { _ in engine.open(end: false) } }
    var bytes = role == .server ? Frame.opening : Frame(Frame.Kind.settings).bytes
    for _ in 0..<30 { bytes += frame(&generator) }
    if Bool.random(using: &generator) {
      for _ in 0..<Int.random(in: 1...4, using: &generator) {
        let place = Int.random(in: 24..<bytes.count, using: &generator)
        bytes[place] = UInt8.random(in: 0...255, using: &generator)
      }
    }
    var rest = bytes[...]
    while !rest.isEmpty {
      let part = rest.prefix(Int.random(in: 1...200, using: &generator))
      rest = rest.dropFirst(part.count)
      engine.receive(Array(part))
      if Bool.random(using: &generator) { _ = engine.output() }
      for call in calls where Int.random(in: 0..<20, using: &generator) == 0 {
        call.stream?.send(data: ByteBuffer(string: "more"))
        if Bool.random(using: &generator) { call.stream?.reset(HTTP2ErrorCode.cancel) }
      }
    }
    _ = engine.output()
    engine.session.closeAll(errorCode: HTTP2ErrorCode.connectError)
    #expect(engine.session.streams.isEmpty)
    #expect((calls + engine.accepted).allSatisfy { $0.closes.count == 1 })
  }

  @Test func serverOutlivesRandomFrames() throws {
    try fuzz(400) { generator in try run(.server, &generator) }
  }

  @Test func clientOutlivesRandomFrames() throws {
    try fuzz(400) { generator in try run(.client, &generator) }
  }

  @Test func serverOutlivesRandomBytes() throws {
    try fuzz(400) { generator in
      let engine = try Engine(.server)
      if Bool.random(using: &generator) { engine.receive(Frame.preface) }
      for _ in 0..<20 {
        engine.receive(garbage(&generator, Int.random(in: 1...400, using: &generator)))
        _ = engine.output()
      }
    }
  }
}
