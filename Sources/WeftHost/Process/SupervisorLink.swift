import Foundation

/// The socket to `weft up`, when the process was started by it.
///
/// It carries one line from here (`ready PORT`), and its end, when the supervisor is gone for any reason, stops this
/// process: nothing is left running behind a killed supervisor.
public struct SupervisorLink: Sendable {
  static let variable = "WEFT_UP_LINK"
  /// A process that does not stop by itself after its supervisor's death is ended after this time.
  static let patience = 30

  let descriptor: Int32

  /// The link named in the environment, or nil when there is none.
  public static func inherited(from environment: [String: String]) -> SupervisorLink? {
    guard let text = environment[variable], let descriptor = Int32(text), descriptor > STDERR_FILENO else {
      return nil
    }
    // Our own children must not hold it open.
    guard fcntl(descriptor, F_SETFD, FD_CLOEXEC) == 0 else { return nil }
    return SupervisorLink(descriptor: descriptor)
  }

  /// Stops this process when the supervisor goes.
  public func stopWithSupervisor() {
    let descriptor = descriptor
    // A thread of its own: it must work even when every pool thread is stuck.
    Thread.detachNewThread {
      var byte: UInt8 = 0
      while true {
        let count = read(descriptor, &byte, 1)
        if count == 0 || (count < 0 && errno != EINTR) { break }
      }
      kill(getpid(), SIGTERM)
      sleep(UInt32(Self.patience))
      _exit(1)
    }
  }

  /// Tells the supervisor that calls are answered, and where.
  public func reportReady(port: Int) {
    let line = Array("ready \(port)\n".utf8)
    // A supervisor that is gone is noticed by the thread above.
    _ = line.withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
  }
}
