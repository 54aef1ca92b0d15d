/// What DNS answers are made of.
///
/// Asked on the event loops, once or twice for each query: answer from memory, at once.
public protocol DNSCatalogue: Sendable {
  /// Rises with every change; the serial number of the zone.
  var revision: UInt64 { get }

  /// The instances of a service that may be used now: passing or warning. Nil when there is no such service.
  ///
  /// - Parameter name: as it was asked; letters of either case mean the same.
  func instances(of name: String) -> [DNSInstance]?

  /// The node of this name, in letters of either case.
  func node(_ name: String) -> DNSNode?

  /// Names of the nodes that have this address.
  func nodes(at address: IPAddress) -> [String]
}

/// An instance that may be used.
public struct DNSInstance: Sendable, Hashable {
  /// An IP address or a host name; empty when it is that of the node.
  public var address: String
  public var port: Int
  /// Share of the load relative to its peers, 0 to 65535.
  public var weight: Int
  public var tags: [String]
  public var node: DNSNode

  public init(address: String, port: Int, weight: Int = 1, tags: [String] = [], node: DNSNode) {
    self.address = address
    self.port = port
    self.weight = weight
    self.tags = tags
    self.node = node
  }

  var host: DNSHost { DNSHost(address.isEmpty ? node.address : address) }
}

/// A machine that instances run on.
public struct DNSNode: Sendable, Hashable {
  public var name: String
  /// An IP address or a host name.
  public var address: String
  public var metadata: [String: String]

  public init(name: String, address: String, metadata: [String: String] = [:]) {
    self.name = name
    self.address = address
    self.metadata = metadata
  }
}

/// What an address turns out to be.
enum DNSHost: Sendable, Hashable {
  case address(IPAddress)
  case name(DNSName)
  /// Nothing that DNS can express.
  case none

  init(_ text: String) {
    if let address = IPAddress(text) {
      self = .address(address)
    } else if let name = DNSName(text), name != .root {
      self = .name(name)
    } else {
      self = .none
    }
  }
}
