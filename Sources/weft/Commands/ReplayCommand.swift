import ArgumentParser
import Foundation
import WeftHost
import WeftRPC

/// `weft replay`: recorded calls, made again.
struct ReplayCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "replay",
    abstract: "Make the calls of a binary log again, and compare the answers.",
    discussion: """
      Any process of the mesh writes such a log with --binary-log '*'; so do other gRPC servers (gRFC A16).

        weft replay data/config.binlog --target config                as they came
        weft replay config.binlog.1 config.binlog --target 127.0.0.1:8213 --speed 10
        weft replay config.binlog --target config --speed max --methods Get --check

      Credentials are not in a log: give them with -H. Calls whose requests were cut are left out and counted.
      """)

  @Argument(help: "Log files, the oldest first.", completion: .file())
  var files: [String]

  @Option(help: "A registered service, or host:port.")
  var target: String

  @Option(help: "Times as fast as recorded, such as 0.5 or 10; 'max' for as fast as they can be.")
  var speed = "1"

  @Option(help: "Calls at one time.")
  var concurrency = 100

  @Option(help: "Only calls whose method has this in its name.")
  var methods: String?

  @Option(
    help:
      "Give up on a call that was recorded without a deadline, and on finding the target, after this time.")
  var timeout = "30s"

  @Option(
    name: [.customShort("H"), .customLong("header")],
    help: "Metadata to add to every call, as 'key: value'. May be repeated.")
  var headers: [String] = []

  @Flag(help: "End with code 1 when a call ended with another status than recorded.")
  var check = false

  @OptionGroup var client: ClientOptions

  func run() async throws {
    let pace = try Self.pace(speed)
    let limit = try CommandDeadline.parse(timeout)
    let metadata = try Metadata(headers: headers)
    let recorded = try read()
    guard !recorded.calls.isEmpty else {
      let why = ReplayReport([], of: recorded, elapsed: .zero).reasons
      throw Failure(
        (["there is no call to make in \(files.joined(separator: ", "))"] + why).joined(separator: "\n"))
    }
    let channel = try await CommandDeadline.run(limit) {
      try await CallTarget.channel(target, options: client)
    }
    let replay = Replay(
      channel: channel, speed: pace, concurrency: concurrency, timeout: limit, metadata: metadata)
    let start = ContinuousClock.now
    let outcomes = await replay.run(recorded.calls)
    let report = ReplayReport(outcomes, of: recorded, elapsed: .now - start)
    print(report.lines.joined(separator: "\n"))
    await channel.shutdown()
    if check, report.otherStatuses > 0 { throw ExitCode(1) }
  }

  /// - Returns: nil for as fast as can be.
  static func pace(_ text: String) throws -> Double? {
    if text == "max" { return nil }
    guard let speed = Double(text), speed.isFinite, speed > 0 else {
      throw ValidationError("--speed must be a number above 0, or 'max', not '\(text)'")
    }
    return speed
  }

  private func read() throws -> RecordedCalls {
    var recorded = RecordedCalls()
    for file in files {
      guard let data = FileManager.default.contents(atPath: file) else {
        throw Failure("\(file) cannot be read")
      }
      var reader = BinaryLogReader([UInt8](data))
      while let entry = reader.next() { recorded.add([entry]) }
      if let problem = reader.problem {
        FileHandle.standardError.write(Data("\(file): \(problem); what comes before it is used\n".utf8))
      }
    }
    recorded.finish(methods: methods)
    return recorded
  }
}

extension Metadata {
  /// - Parameter headers: each `key: value`, as a person types it.
  init(headers: [String]) throws {
    self.init()
    for header in headers {
      let parts = header.split(separator: ":", maxSplits: 1)
      guard parts.count == 2 else { throw ValidationError("-H must be 'key: value', not '\(header)'") }
      add(parts[1].trimmingCharacters(in: .whitespaces), for: parts[0].lowercased())
    }
  }
}
