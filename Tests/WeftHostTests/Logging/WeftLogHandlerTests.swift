import Foundation
import Logging
import Synchronization
import Testing
import WeftRPC

@testable import WeftHost

@Suite struct WeftLogHandlerTests {
  /// Keeps what was logged.
  final class Lines: Sendable {
    private let lines = Mutex<[String]>([])
    var sink: LogSink {
      LogSink { [self] line in lines.withLock { $0.append(String(decoding: line, as: UTF8.self)) } }
    }
    var all: [String] { lines.withLock { $0 } }
  }

  let lines = Lines()

  func logger(_ format: WeftLogHandler.Format, level: Logger.Level = .info) -> Logger {
    Logger(label: "test") { label in
      WeftLogHandler(service: "config", label: label, format: format, level: level, sink: lines.sink)
    }
  }

  @Test func aJSONLineIsOneObjectWithItsMetadata() throws {
    logger(.json).info("stored", metadata: ["request_id": "r-1", "version": "\(3)", "tags": ["a", "b"]])
    let line = try #require(lines.all.first)
    #expect(line.hasSuffix("}\n"))
    let object = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    #expect(object["service"] as? String == "config")
    #expect(object["level"] as? String == "info")
    #expect(object["message"] as? String == "stored")
    #expect(object["request_id"] as? String == "r-1")
    #expect(object["tags"] as? [String] == ["a", "b"])
  }

  @Test func aLineOfATracedTaskNamesTheTrace() async throws {
    var logger = logger(.json)
    var handler = WeftLogHandler(
      service: "config", label: "test", format: .json, level: .info, sink: lines.sink)
    handler.metadataProvider = .trace
    logger.handler = handler
    logger.info("outside")
    let trace = await Tracing(sampling: 1).withSpan("work") {
      logger.info("inside")
      return CallScope.current?.trace
    }
    #expect(lines.all.first?.contains("trace_id") == false)
    let id = try #require(trace?.traceID)
    #expect(lines.all.last?.contains("\"trace_id\":\"\(id)\"") == true)
  }

  @Test func hostileTextStaysInsideItsString() throws {
    let text = "quote \" backslash \\ newline \n bell \u{7} 中文"
    logger(.json).info("\(text)", metadata: ["message": "forged"])
    let line = try #require(lines.all.first)
    #expect(line.filter { $0 == "\n" }.count == 1)
    let object = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    #expect(object["message"] as? String == text)
    #expect(object["metadata.message"] as? String == "forged")
  }

  @Test func aConsoleLineIsOneLine() throws {
    logger(.console).warning("first\nsecond", metadata: ["b": "2", "a": "1"])
    let line = try #require(lines.all.first)
    #expect(line.hasSuffix("WARNING config   first second a=1 b=2\n"))
  }

  @Test func lowerLevelsAreNotWritten() {
    logger(.json, level: .warning).info("quiet")
    #expect(lines.all.isEmpty)
  }
}
