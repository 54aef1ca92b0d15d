import WeftHost

/// Times to live as a setting has them: `5s`, or `web=10s,db*=1m,*=5s`. In seconds.
struct ServiceTimes: Equatable {
  var all: UInt32?
  var named: [String: UInt32] = [:]

  init?(_ text: String) {
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard let time = pair.last.flatMap({ Duration.parse(String($0)) }), time >= .zero else { return nil }
      let seconds = UInt32(clamping: time.components.seconds)
      if pair.count == 1 {
        guard all == nil else { return nil }
        all = seconds
      } else {
        guard let name = pair.first, !name.isEmpty else { return nil }
        named[name.lowercased()] = seconds
      }
    }
  }
}
