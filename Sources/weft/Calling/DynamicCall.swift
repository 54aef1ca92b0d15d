import NIOCore
import WeftProtobuf
import WeftRPC

/// Calls a method whose types were learned a moment ago: JSON in, JSON out.
struct DynamicCall {
  let channel: WeftRPC.Channel
  let method: MethodDescriptor
  let types: DescriptorPool
  let options: CallOptions

  private var path: MethodPath {
    let kind: CallKind =
      switch (method.isClientStreaming, method.isServerStreaming) {
      case (false, false): .unary
      case (true, false): .clientStreaming
      case (false, true): .serverStreaming
      case (true, true): .bidirectional
      }
    let idempotency: Idempotency =
      switch method.idempotency {
      case .unknown: .unknown
      case .idempotent: .idempotent
      case .noSideEffects: .noSideEffects
      }
    return MethodPath(path: method.path, kind: kind, idempotency: idempotency)
  }

  /// - Parameters:
  ///   - requests: each one message in JSON; exactly one unless the method streams in.
  ///   - print: called with each answer as it comes.
  func run(_ requests: [[UInt8]], print: ([UInt8]) -> Void) async throws {
    let messages = try requests.map(encode)
    if !method.isClientStreaming, !method.isServerStreaming, let message = messages.first {
      print(try decode(try await channel.unary(path, message, options: options).message))
      return
    }
    try await channel.withCall(path, options: options) { call in
      // Sending and reading at the same time: a server may answer before it has read all, and may have to before
      // it reads on.
      async let sending: Void = send(messages, on: call)
      while let message = try await call.nextMessage() { print(try decode(message)) }
      try await sending
    }
  }

  private func send(_ messages: [ByteBuffer], on call: ClientCall) async throws {
    do {
      for message in messages { try await call.send(message) }
      try await call.finishSending()
    } catch is CallEndedEarly {
      // The answer is complete without the rest.
    }
  }

  private func encode(_ json: [UInt8]) throws -> ByteBuffer {
    let message = DynamicMessage(method.input, pool: types)
    var options = JSONDecodingOptions()
    options.pool = types
    do {
      try message.merge(json: json, options: options)
    } catch let error as JSONDecodingError {
      throw Failure("the request is no \(method.input.fullName): \(error)")
    }
    return ByteBuffer(bytes: try message.serialized())
  }

  private func decode(_ bytes: ByteBuffer) throws -> [UInt8] {
    let message = try bytes.withUnsafeReadableBytes {
      try DynamicMessage(method.output, pool: types, serialized: $0)
    }
    var options = JSONEncodingOptions()
    options.pool = types
    options.alwaysPrintFieldsWithNoPresence = true
    options.pretty = !method.isServerStreaming
    return try message.json(options: options)
  }
}
