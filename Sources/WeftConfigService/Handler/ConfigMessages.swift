import Glibc
import WeftProtobuf

extension Weft_Config_V1_Config {
  init(_ stored: StoredConfig) throws {
    self.init()
    service = stored.key.service
    environment = stored.key.environment
    version = stored.version.version
    config = try Google_Protobuf_Struct(serialized: stored.content)
    comment = stored.version.comment
    author = stored.version.author
    createTime = Google_Protobuf_Timestamp(microseconds: stored.version.createdAt)
  }
}

extension Weft_Config_V1_ListVersionsResponse.Version {
  init(_ stored: StoredVersion) {
    self.init()
    version = stored.version
    comment = stored.comment
    author = stored.author
    createTime = Google_Protobuf_Timestamp(microseconds: stored.createdAt)
    rolledBackFrom = stored.rolledBackFrom
  }
}

extension Google_Protobuf_Timestamp {
  init(microseconds: Int64) {
    self.init()
    // Rounded down, so that nanos is never negative, as the type demands.
    let (quotient, remainder) = microseconds.quotientAndRemainder(dividingBy: 1_000_000)
    seconds = remainder < 0 ? quotient - 1 : quotient
    nanos = Int32((remainder < 0 ? remainder + 1_000_000 : remainder) * 1_000)
  }
}

/// The time of day.
public enum WallClock {
  /// Microseconds since 1970, UTC.
  public static func microseconds() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000
  }
}
