import Foundation

/// Why a process could not be started.
public struct SpawnError: Error, Sendable, CustomStringConvertible {
  let executable: String
  let reason: Int32
  public var description: String { "cannot start \(executable): \(String(cString: strerror(reason)))" }
}

extension ChildProcess {
  /// Starts the child and returns its number and our end of the socket.
  static func spawn(
    executable: String, arguments: [String], environment: [String: String]
  ) throws -> (pid_t, Int32) {
    var ends: [Int32] = [-1, -1]
    guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &ends) == 0 else {
      throw SpawnError(executable: executable, reason: errno)
    }
    let (ours, theirs) = (ends[0], ends[1])
    defer { close(theirs) }

    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_adddup2(&actions, theirs, linkDescriptor)

    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // Its own group: Ctrl-C in the terminal reaches the supervisor alone, which then stops everything in order.
    posix_spawnattr_setpgroup(&attributes, 0)
    var none = sigset_t()
    var all = sigset_t()
    sigemptyset(&none)
    sigfillset(&all)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setsigdefault(&attributes, &all)
    let flags = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF
    posix_spawnattr_setflags(&attributes, Int16(flags))

    var environment = environment
    environment[linkVariable] = String(linkDescriptor)
    var pid: pid_t = 0
    let status = withCStrings([executable] + arguments) { arguments in
      withCStrings(environment.map { "\($0.key)=\($0.value)" }) { variables in
        posix_spawn(&pid, executable, &actions, &attributes, arguments, variables)
      }
    }
    guard status == 0 else {
      close(ours)
      throw SpawnError(executable: executable, reason: status)
    }
    return (pid, ours)
  }

  /// A NULL-terminated array of C strings, for the time of the call.
  private static func withCStrings<R>(
    _ strings: [String], _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> R
  ) -> R {
    let pointers = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>.allocate(capacity: strings.count + 1)
    for (index, string) in strings.enumerated() { pointers[index] = strdup(string) }
    pointers[strings.count] = nil
    defer {
      for index in strings.indices { free(pointers[index]) }
      pointers.deallocate()
    }
    return body(pointers)
  }
}
