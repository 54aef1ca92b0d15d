import NIOCore
import NIOSSL

extension PeerInfo {
  /// What a connection tells of its peer, once TLS is up where there is TLS.
  init(channel: any Channel, isTLS: Bool) {
    self.init(remoteAddress: channel.remoteAddress.map(Self.text) ?? "unknown", isTLS: isTLS)
    if channel is MemoryChannel {
      remoteAddress = "in-process"
      isInProcess = true
    }
    guard isTLS,
      let handler = try? channel.pipeline.syncOperations.handler(type: NIOSSLServerHandler.self),
      let certificate = handler.peerCertificate
    else { return }
    identities = certificate.weftIdentities
    commonName = nil
  }

  private static func text(_ address: SocketAddress) -> String {
    if case .unixDomainSocket = address { return "unix:" + (address.pathname ?? "") }
    guard let ip = address.ipAddress, let port = address.port else { return "unknown" }
    return ip.contains(":") ? "[\(ip)]:\(port)" : "\(ip):\(port)"
  }
}

extension NIOSSLCertificate {
  /// URI subject alternative names, then DNS names. A SPIFFE identity is a URI name.
  var weftIdentities: [String] {
    var uris: [String] = []
    var names: [String] = []
    for name in _subjectAlternativeNames() {
      let text = name.contents.withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
      if name.nameType == .uri { uris.append(text) } else if name.nameType == .dnsName { names.append(text) }
    }
    return uris + names
  }
}
