#if canImport(Glibc)
  import Glibc
#endif

extension ServiceConfig {
  /// Reads a list of choices, of which the first that fits this client counts (gRFC A2): the form that
  /// configs have in DNS, where one can be given to a share of the clients first.
  ///
  /// - Parameters:
  ///   - hostname: this machine's name, which `clientHostname` is compared with.
  ///   - percentile: this client's place from 0 to 99; `percentage` takes in those below it.
  /// - Returns: nil when no choice fits.
  /// - Throws: ``ServiceConfigError`` when any choice is wrong, also one that does not fit.
  public init?(
    choices json: String, hostname: String = ServiceConfig.localHostname,
    percentile: Int = .random(in: 0..<100)
  ) throws {
    var chosen: ServiceConfig?
    for choice in try ConfigValue(json: json).elements() {
      let config = try ServiceConfig(choice.required("serviceConfig"))
      let languages = try choice.field("clientLanguage")?.elements().map { try $0.string().lowercased() }
      let hostnames = try choice.field("clientHostname")?.elements().map { try $0.string() }
      let percentage = try choice.field("percentage")?.integer(in: 0...100)
      let fits =
        languages?.contains("swift") != false && hostnames?.contains(hostname) != false
        && percentile < percentage ?? 100
      if fits { chosen = chosen ?? config }
    }
    guard let chosen else { return nil }
    self = chosen
  }

  /// This machine's name; empty when it has none.
  public static var localHostname: String {
    var name = [CChar](repeating: 0, count: 256)
    guard gethostname(&name, name.count - 1) == 0 else { return "" }
    return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
