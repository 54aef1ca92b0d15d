import CMalloc
import FoundationEssentials
import Glibc

/// Gives memory back to the system when the process has come to rest, after its start or after a rush.
///
/// Two kinds: what the allocator holds and does not use, and the pages of code that the start or the rush needed. Code is
/// read again from the file when it is called; at rest that is little of it.
enum RestKeeper {
  static let interval = Duration.seconds(2)
  /// A process that used less than this in an interval is at rest: heartbeats take a fraction of it.
  static let restfulMicroseconds = 10_000
  /// What a few calls now and then may add before it is given back again.
  static let toleratedGrowth = 2 << 20

  /// Runs until cancelled.
  static func run() async {
    var last = usedMicroseconds()
    // What was resident when memory had been given back; nil since the last rush.
    var resident: Int?
    while (try? await Task.sleep(for: interval)) != nil {
      let now = usedMicroseconds()
      if now - last >= restfulMicroseconds {
        resident = nil
      } else if resident.map({ residentBytes() > $0 + toleratedGrowth }) ?? true {
        giveBack()
        resident = residentBytes()
      }
      last = usedMicroseconds()
    }
  }

  private static func usedMicroseconds() -> Int {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return time.tv_sec * 1_000_000 + time.tv_nsec / 1_000
  }

  /// As the kernel counts it; 0 when it does not say.
  static func residentBytes() -> Int {
    guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8) else { return 0 }
    let fields = text.split(separator: " ")
    return fields.count > 1 ? (Int(fields[1]) ?? 0) * Int(getpagesize()) : 0
  }

  static func giveBack() {
    malloc_trim(0)
    guard let executable = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"),
      let maps = try? String(contentsOfFile: "/proc/self/maps", encoding: .utf8)
    else { return }
    for line in maps.split(separator: "\n") {
      guard let region = codeRegion(line, of: executable),
        let start = UnsafeMutableRawPointer(bitPattern: region.lowerBound)
      else { continue }
      // Safe for pages that were never written to, and code never is: it has no text relocations.
      madvise(start, region.count, Int32(MADV_DONTNEED))
    }
  }

  /// The addresses in a line of /proc/self/maps, if it is code of the executable: `from-to r-xp ... path`.
  static func codeRegion(_ line: Substring, of executable: String) -> Range<UInt>? {
    let fields = line.split(separator: " ", maxSplits: 5, omittingEmptySubsequences: true)
    guard fields.count == 6, fields[1] == "r-xp", fields[5].drop(while: { $0 == " " }) == executable else {
      return nil
    }
    let ends = fields[0].split(separator: "-").compactMap { UInt($0, radix: 16) }
    guard ends.count == 2, ends[0] < ends[1] else { return nil }
    return ends[0]..<ends[1]
  }
}
