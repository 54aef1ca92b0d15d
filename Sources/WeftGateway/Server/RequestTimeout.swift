import WeftProtobuf
import WeftRPC

/// How long a client will wait: the header `grpc-timeout` of gRPC, or `X-Request-Timeout` in seconds.
enum RequestTimeout {
  /// Reads gRPC's form: at most eight digits and a unit, such as `500m` for half a second.
  static func grpc(_ text: String) -> Duration? { GRPCTimeout.parse(text) }

  /// Reads seconds, with up to nine decimals, such as `2` or `0.5`.
  static func seconds(_ text: String) -> Duration? {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard (1...2).contains(parts.count), let whole = parts.first, (1...9).contains(whole.utf8.count),
      whole.utf8.allSatisfy(\.isASCIIDigit), let seconds = Int64(whole)
    else { return nil }
    guard parts.count == 2, let fraction = parts.last else { return .seconds(seconds) }
    guard (1...9).contains(fraction.utf8.count), fraction.utf8.allSatisfy(\.isASCIIDigit),
      let nanoseconds = Int64(fraction + String(repeating: "0", count: 9 - fraction.utf8.count))
    else { return nil }
    return .seconds(seconds) + .nanoseconds(nanoseconds)
  }
}
