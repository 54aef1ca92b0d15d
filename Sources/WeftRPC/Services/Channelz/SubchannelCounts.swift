/// Calls of one subchannel, or of several. An attempt of a call counts as a call.
struct SubchannelCounts: Sendable {
  var running = 0
  var succeeded = 0
  var failed = 0

  var started: Int { running + succeeded + failed }

  static func += (sum: inout SubchannelCounts, other: SubchannelCounts) {
    sum.running += other.running
    sum.succeeded += other.succeeded
    sum.failed += other.failed
  }
}

extension ChannelCore {
  /// Adds up what subchannels have had that are gone. Their calls that still run are not followed.
  func forget(_ subchannels: [Subchannel]) {
    for subchannel in subchannels {
      var counts = subchannel.callCounts
      counts.running = 0
      forgotten.withLock { $0 += counts }
    }
  }

  var subchannels: [Subchannel] { state.withLock { Array($0.subchannels.values) } }

  var callCounts: SubchannelCounts {
    subchannels.reduce(into: forgotten.withLock { $0 }) { $0 += $1.callCounts }
  }
}
