import NIOCore

/// What one call has carried each way so far.
struct CallTraffic: Sendable {
  /// Bytes with the five in front of each message.
  var sentBytes = 0
  var sentMessages = 0
  var receivedBytes = 0
  var receivedMessages = 0

  /// Bytes of messages as they were on the wire, compressed or not, without what frames them (gRFC A66).
  var sentMessageBytes: Int { max(0, sentBytes - sentMessages * ByteBuffer.messagePrefixBytes) }
  var receivedMessageBytes: Int { max(0, receivedBytes - receivedMessages * ByteBuffer.messagePrefixBytes) }

  @inline(__always)
  mutating func sent(framed count: Int) {
    sentBytes &+= count
    sentMessages &+= 1
  }
}
