/// What a question comes to, before it is written.
struct DNSAnswer: Sendable, Hashable {
  var code = DNSResponseCode.noError
  var answers: [DNSRecord] = []
  var authorities: [DNSRecord] = []
  /// Sent as far as there is room.
  var additionals: [DNSRecord] = []
  var isAuthoritative = true

  /// Refused, and whatever else says nothing about the zone.
  static func failure(_ code: DNSResponseCode) -> DNSAnswer {
    DNSAnswer(code: code, isAuthoritative: false)
  }
}
