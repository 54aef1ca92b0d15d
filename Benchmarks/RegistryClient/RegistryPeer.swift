import WeftRPC

/// What is measured, in the words of one registry. Every peer holds 200 services of 25 instances each.
protocol RegistryPeer: Sendable {
  /// Makes a registration durable that differs from the one before.
  func register(client: Int, number: Int, over channel: Channel) async throws
  /// Reads all instances of a service.
  func read(client: Int, number: Int, over channel: Channel) async throws
  /// Sends a heartbeat for each instance of the client, `rounds` times over, in the cheapest way there is.
  func heartbeats(client: Int, of clients: Int, rounds: Int, over channel: Channel) async throws
  /// Follows the service that all watch, to the change with the number `last`. Calls `began` once and then
  /// `arrived` with the number of each change.
  func watch(
    over channel: Channel, last: Int, began: @Sendable () -> Void, arrived: @Sendable (Int) -> Void)
    async throws
  /// Makes the change with this number to the service that all watch.
  func change(number: Int, over channel: Channel) async throws
}

enum Catalogue {
  static let services = 200
  static let instances = 25
  static let all = services * instances
  /// The service that all watch.
  static let watched = 0

  /// The numbers of a client's instances, when so many clients share them.
  static func shares(of client: Int, clients: Int) -> StrideTo<Int> {
    stride(from: client, to: all, by: clients)
  }
}
