import CMalloc
import Glibc

/// What a process asks of the system before anything else.
enum ProcessLimits {
  static func prepare() {
    raiseOpenFiles()
    // Two arenas are enough for a few event loops; the default of eight for each core keeps freed memory in each.
    mallopt(M_ARENA_MAX, 2)
    // Fixed, so that one large message does not teach the allocator to keep large blocks.
    mallopt(M_MMAP_THRESHOLD, 128 << 10)
    mallopt(M_TRIM_THRESHOLD, 128 << 10)
  }

  /// Each connection is an open file, and the usual limit of 1 024 is there only for programs that use select(2).
  private static func raiseOpenFiles() {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
    limit.rlim_cur = limit.rlim_max
    // Refused is as good as before.
    setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
  }
}
