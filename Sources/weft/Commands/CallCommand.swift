import ArgumentParser
import Foundation
import WeftHost
import WeftProtobuf
import WeftRPC

/// `weft call`: any method of any server, in JSON.
struct CallCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "call",
    abstract: "Call a method with JSON and print the answer as JSON.",
    discussion: """
      The target is a service's name, found through the registry, or an address; the types come from the registry or
      from the server itself, by reflection. A streaming answer is printed a line for each message.

        weft call config GetConfig '{"service":"resume","environment":"prod"}'
        weft call 127.0.0.1:8213 weft.config.v1.ConfigService/GetConfig '{"service":"resume","environment":"prod"}'
        weft call config WatchConfig '{"service":"resume","environment":"prod"}'
        weft call config --list                  what can be called
        weft call config PutConfig --describe    what it takes and gives

      A request of '-' is read from standard input; methods that stream in take one message a line.
      """)

  @Argument(help: "A registered service, or host:port.")
  var target: String

  @Argument(help: "Method: GetConfig, ConfigService/GetConfig or weft.config.v1.ConfigService/GetConfig.")
  var method: String?

  @Argument(help: "The request as JSON; '-' reads it from standard input.")
  var request = "{}"

  @Option(
    name: [.customShort("H"), .customLong("header")],
    help: "Metadata to send, as 'key: value'. May be repeated.")
  var headers: [String] = []

  @Option(
    help: """
      Give up after this time, such as 500ms or 5s, looking the service and its types up included. Streams wait for ever \
      unless it is given.
      """)
  var timeout: String?

  @Option(help: "How to pack the request: identity, gzip or deflate.")
  var compression: MessageEncoding?

  @Flag(help: "List services and methods.")
  var list = false

  @Flag(help: "Describe the method and its messages.")
  var describe = false

  @OptionGroup var client: ClientOptions

  func run() async throws {
    let limit = try timeout.map(CommandDeadline.parse)
    // Before the clock runs: whoever types it takes the time that it takes.
    let input =
      request == "-" ? Array(try FileHandle.standardInput.readToEnd() ?? Data()) : Array(request.utf8)
    do {
      try await CommandDeadline.run(limit) { try await call(input) }
    } catch let error as RPCError {
      throw Failure(error)
    }
  }

  private func call(_ input: [UInt8]) async throws {
    let found = try await CallTarget.find(target, options: client)
    defer { withExtendedLifetime(found) {} }
    guard let name = method, !list else {
      guard list else { throw Failure("name a method, or use --list to see which there are") }
      let lines = TypeDescription.list(found.types)
      guard !lines.isEmpty else { throw Failure("\(target) tells of no service of its own") }
      print(lines.joined(separator: "\n"))
      return
    }
    let method = try MethodLookup.find(name, in: found.types)
    guard !describe else {
      print(TypeDescription.describe(method).joined(separator: "\n"))
      return
    }
    let call = DynamicCall(
      channel: found.channel, method: method, types: found.types, options: try options(for: method))
    try await call.run(requests(for: method, input)) { line in
      FileHandle.standardOutput.write(Data(line + [UInt8(ascii: "\n")]))
    }
    await found.channel.shutdown()
  }

  private func options(for method: MethodDescriptor) throws -> CallOptions {
    var options = CallOptions()
    // Whatever a server sends can be looked at.
    options.maxResponseBytes = 64 << 20
    options.compression = compression
    if !method.isServerStreaming, !method.isClientStreaming {
      options.timeout = CommandDeadline.or(.seconds(30))
    }
    options.metadata = try Metadata(headers: headers)
    return options
  }

  private func requests(for method: MethodDescriptor, _ input: [UInt8]) -> [[UInt8]] {
    guard request == "-", method.isClientStreaming else { return [input] }
    return input.split(separator: UInt8(ascii: "\n")).map(Array.init)
  }
}

extension MessageEncoding: ExpressibleByArgument {}
