import WeftRPC

/// Runs `body` with a channel.
func withChannel<Result>(
  _ target: String, _ options: ChannelOptions = ChannelOptions(),
  _ body: (Channel) async throws -> Result
) async throws -> Result {
  let channel = Channel(target: target, options: options)
  do {
    let result = try await body(channel)
    await channel.shutdown()
    return result
  } catch {
    await channel.shutdown()
    throw error
  }
}

/// A service that answers with its own name.
func named(_ name: String) -> EchoService {
  EchoService(unary: { _, _ in Text(name) }, pure: { _, _ in Text(name) })
}
