#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// The system's limit on a process's open files, which every connection is one of.
enum OpenFiles {
  /// Files that are not client connections: logs, databases, connections to other services.
  private static let reserve = 128

  /// Connections that leave the reserve free. A process without a free file can accept nobody and open
  /// nothing, so the limit has to be met here first.
  static var forConnections: Int {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return .max }
    let files = Int(clamping: limit.rlim_cur)
    return max(files - reserve, files / 2)
  }
}
