import CNghttp2
import NIOCore
import NIOSSL

/// One open connection of a server, as it is now.
public struct HTTPConnectionInfo: Sendable {
  /// Nil while it is not known yet what the peer speaks, and who it is.
  public var peer: PeerInfo?
  public var version: HTTPVersion?
  public var age: Duration
  /// HTTP/2 streams that are open now.
  public var openStreams: Int
  /// HTTP/2 streams that the peer has opened so far.
  public var totalStreams: Int
  /// The calls among the open streams, the oldest first; not more than ``maxCalls``.
  public var calls: [Call] = []

  /// One call that is being served.
  public struct Call: Sendable {
    /// `/package.Service/Method`.
    public var path: String
    public var age: Duration
    /// The trace that it is part of, if any.
    public var traceID: String?
  }

  static let maxCalls = 100
}

/// A stream's handler that can tell what it is doing.
package protocol DescribedStreamHandler {
  var startTime: NIODeadline { get }
  var traceID: String? { get }
}

extension HTTPServer {
  /// What is open now, the oldest first.
  ///
  /// Asks each connection on its own loop, so nothing is counted for it while nobody looks.
  ///
  /// - Parameters:
  ///   - limit: of how many to tell.
  ///   - patience: how long to wait for them. Those of a loop that somebody blocks are left out, like those that
  ///     have closed meanwhile.
  public func connections(
    limit: Int = 200, patience: Duration = .seconds(1)
  ) async -> [HTTPConnectionInfo] {
    let open = openChannels(limit: limit)
    let answers = ConnectionAnswers(expected: open.count)
    for (index, (channel, start)) in open.enumerated() {
      channel.eventLoop.submit { Self.info(of: channel, since: start) }.whenComplete { result in
        answers.add(try? result.get(), at: index)
      }
    }
    return await answers.all(within: patience)
  }

  private static func info(of channel: any Channel, since start: NIODeadline) -> HTTPConnectionInfo {
    var info = HTTPConnectionInfo(
      age: .nanoseconds((NIODeadline.now() - start).nanoseconds), openStreams: 0, totalStreams: 0)
    let pipeline = channel.pipeline.syncOperations
    if let http2 = try? pipeline.handler(type: HTTP2ConnectionHandler.self) {
      info.version = .http2
      info.peer = PeerInfo(channel: channel, isTLS: http2.isTLS)
      info.openStreams = http2.session.streams.count
      info.totalStreams = http2.session.streamsOpenedByPeer
      info.calls = calls(of: http2.session)
    } else if let http1 = try? pipeline.handler(type: HTTP1ServerHandler.self) {
      info.version = .http1
      info.peer = http1.peer
    }
    return info
  }

  private static func calls(of session: HTTP2Session) -> [HTTPConnectionInfo.Call] {
    let now = NIODeadline.now()
    let calls = session.streams.compactMap { stream -> HTTPConnectionInfo.Call? in
      guard let handler = stream.handler as? any DescribedStreamHandler else { return nil }
      let age = Duration.nanoseconds((now - handler.startTime).nanoseconds)
      return .init(path: stream.head.path, age: age, traceID: handler.traceID)
    }
    return Array(calls.sorted { $0.age > $1.age }.prefix(HTTPConnectionInfo.maxCalls))
  }
}

extension HTTP2ConnectionHandler {
  fileprivate var isTLS: Bool {
    guard let pipeline = context?.pipeline.syncOperations else { return false }
    return (try? pipeline.handler(type: NIOSSLServerHandler.self)) != nil
  }
}

extension HTTP2Session {
  /// A client's streams have odd numbers (RFC 9113, 5.1.1).
  fileprivate var streamsOpenedByPeer: Int {
    (Int(max(nghttp2_session_get_last_proc_stream_id(session), 0)) + 1) / 2
  }
}
