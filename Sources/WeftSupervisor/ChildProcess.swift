import Foundation
import Synchronization

/// A process that the supervisor started, in a process group of its own, linked to it by a socket.
///
/// The socket (descriptor 3 in the child) does two jobs. The child writes `ready PORT` to it when it serves. And it is
/// a lifeline: when the supervisor dies, however it dies, the child reads the end of it and stops. (PR_SET_PDEATHSIG
/// would not do: it fires when the *thread* that started the child ends, and pool threads come and go.)
final class ChildProcess: Sendable {
  enum Event: Sendable, Equatable {
    case ready(port: Int)
    case exited(ExitStatus)
  }

  enum ExitStatus: Sendable, Hashable, CustomStringConvertible {
    case code(Int32)
    case signal(Int32)

    var description: String {
      switch self {
      case .code(let code): "exit code \(code)"
      case .signal(let number): "signal \(number) (\(String(cString: strsignal(number))))"
      }
    }
  }

  /// Where the child finds its end of the socket.
  static let linkDescriptor: Int32 = 3
  static let linkVariable = "WEFT_UP_LINK"
  static let maxLineBytes = 64

  let processIdentifier: pid_t
  /// What happens to the child, in order; ends after `.exited`.
  let events: AsyncStream<Event>
  private let isReaped = Mutex(false)

  init(executable: String, arguments: [String], environment: [String: String]) throws {
    let (pid, link) = try Self.spawn(executable: executable, arguments: arguments, environment: environment)
    processIdentifier = pid
    let (events, continuation) = AsyncStream.makeStream(of: Event.self)
    self.events = events
    // Both waits are blocking calls for the child's whole life: a thread of their own keeps them off the pool.
    Thread.detachNewThread { [self] in
      readLink(link) { continuation.yield($0) }
      continuation.yield(.exited(reap()))
      continuation.finish()
    }
  }

  /// Signals the child and all that it started. Does nothing once it is gone.
  func signal(_ number: Int32) {
    // Under the lock the number cannot have been given to another process yet.
    isReaped.withLock { isReaped in
      if !isReaped { kill(-processIdentifier, number) }
    }
  }

  private func readLink(_ link: Int32, report: (Event) -> Void) {
    defer { close(link) }
    var line: [UInt8] = []
    var byte: UInt8 = 0
    while true {
      let count = read(link, &byte, 1)
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { return }
      guard byte == UInt8(ascii: "\n") else {
        if line.count < Self.maxLineBytes { line.append(byte) }
        continue
      }
      let words = String(decoding: line, as: UTF8.self).split(separator: " ")
      if words.count == 2, words[0] == "ready", let port = Int(words[1]) { report(.ready(port: port)) }
      line = []
    }
  }

  private func reap() -> ExitStatus {
    var information = siginfo_t()
    // Wait without reaping first, so that `signal` is never blocked for longer than the reaping itself.
    while waitid(P_PID, id_t(processIdentifier), &information, WEXITED | WNOWAIT) != 0 && errno == EINTR {}
    return isReaped.withLock { isReaped in
      var status: Int32 = 0
      while waitpid(processIdentifier, &status, 0) < 0 && errno == EINTR {}
      isReaped = true
      let signal = status & 0x7F
      return signal == 0 ? .code((status >> 8) & 0xFF) : .signal(signal)
    }
  }
}
