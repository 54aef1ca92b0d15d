import NIOCore
import WeftRegistry

/// `/v1/snapshot`: everything in one file, and back, while the registry runs.
struct SnapshotEndpoints {
  let context: ConsulContext

  var routes: [Route] {
    [
      Route(
        "/v1/snapshot", isStreamed: true,
        [
          "GET": { [context] in try Self.save(context, $0) },
          "PUT": { [context] in try await Self.restore(context, $0) },
        ])
    ]
  }

  private static func save(_ context: ConsulContext, _ request: ConsulRequest) throws -> ConsulAnswer {
    let options = try ReadOptions(request.query)
    // It holds everything, hashes of secrets too.
    try request.require(.operator(.write))
    var answer = ConsulAnswer(fields: ["content-type": "application/x-gzip"])
    answer.stream = AnswerStream { [registry = context.registry, answer] begin, write in
      // Packing takes long: not on a connection's event loop.
      try await withTaskExecutorPreference(globalConcurrentExecutor) {
        try await registry.saveSnapshotArchive { revision in
          try await begin(answer.at(index: revision, consistency: options.consistency))
        } _: { piece in
          try await write(ByteBuffer(bytes: piece))
        }
      }
    }
    return answer
  }

  /// Takes an archive as `GET` gives it, or a file of `weft registry snapshot save`.
  private static func restore(_ context: ConsulContext, _ request: ConsulRequest) async throws -> ConsulAnswer
  {
    try request.require(.operator(.write))
    guard let pieces = request.pieces else {
      throw ConsulError.badRequest("The body is no snapshot: it is empty")
    }
    let (registry, actor) = (context.registry, request.actor)
    try await withTaskExecutorPreference(globalConcurrentExecutor) {
      let upload = try registry.beginUpload()
      try await pieces.forEach { piece in try upload.add(piece.readableBytesView) }
      _ = try await registry.restore(try upload.finish(), by: actor)
      withExtendedLifetime(upload) {}
    }
    return .empty
  }
}
