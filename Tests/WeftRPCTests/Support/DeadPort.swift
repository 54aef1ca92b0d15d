import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// A port of the loopback that refuses connections. It is bound and never listened on, and stays so for the life
/// of the process: a port that was free a moment ago may be another test's server by now.
func deadPort() async throws -> Int {
  let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
  try #require(socket >= 0)
  var address = sockaddr_in()
  address.sin_family = sa_family_t(AF_INET)
  address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
  var size = socklen_t(MemoryLayout<sockaddr_in>.size)
  try withUnsafeMutablePointer(to: &address) { pointer in
    try pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
      try #require(bind(socket, pointer, size) == 0)
      try #require(getsockname(socket, pointer, &size) == 0)
    }
  }
  return Int(UInt16(bigEndian: address.sin_port))
}
