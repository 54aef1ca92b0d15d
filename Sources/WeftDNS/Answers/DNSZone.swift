/// Answers questions from the catalogue.
struct DNSZone: Sendable {
  let settings: DNSZoneSettings
  let catalogue: any DNSCatalogue
  let domain: DNSName
  let names: DNSNameReader
  let soaName: DNSName
  let mailbox: DNSName
  /// `addr.DC.DOMAIN` and `node.DC.DOMAIN`: what targets of SRV records lie below.
  let addressBranch: DNSName
  let nodeBranch: DNSName

  /// Nil when the domain or the datacentre is no name of DNS.
  init?(settings: DNSZoneSettings, catalogue: any DNSCatalogue) {
    guard let domain = DNSName(settings.domain), domain != .root,
      let nameServer = DNSName("ns")?.below(domain), let mailbox = DNSName("hostmaster")?.below(domain),
      let datacenter = DNSName(settings.datacenter), datacenter.labels.count == 1,
      let addresses = DNSName("addr")?.below(datacenter)?.below(domain),
      let nodes = DNSName("node")?.below(datacenter)?.below(domain)
    else { return nil }
    self.settings = settings
    self.catalogue = catalogue
    self.domain = domain
    names = DNSNameReader(domain: domain, datacenter: settings.datacenter)
    soaName = nameServer
    self.mailbox = mailbox
    addressBranch = addresses
    nodeBranch = nodes
  }

  func answer(_ question: DNSQuestion) -> DNSAnswer {
    guard question.recordClass == .internet || question.recordClass == .any else { return .failure(.refused) }
    if question.type == .axfr || question.type == .ixfr { return .failure(.refused) }
    return answer(question, depth: 0)
  }

  /// - Parameter depth: aliases that led here.
  private func answer(_ question: DNSQuestion, depth: Int) -> DNSAnswer {
    switch names.lookup(question.name) {
    case .foreign: .failure(.refused)
    case .nothing: absent(.nameError)
    case .branch: absent(.noError)
    case .apex: apex(question)
    case .nameServer: hosts(question, settings.addresses.map { .address($0) }, ttl: settings.nodeTTL, depth)
    case .address(let address): hosts(question, [.address(address)], ttl: settings.nodeTTL, depth)
    case .reverse(let address): reverse(question, address)
    case .node(let name): node(question, name, depth)
    case .service(let name, let tag): service(question, name, tag, depth)
    }
  }

  // MARK: Parts of answers

  /// No such name, or no record of that type (RFC 2308, section 2).
  func absent(_ code: DNSResponseCode) -> DNSAnswer {
    DNSAnswer(code: code, authorities: [soa(ttl: settings.negativeTTL)])
  }

  /// The answer, or that there is none of this type.
  private func present(_ answers: [DNSRecord], additionals: [DNSRecord] = []) -> DNSAnswer {
    answers.isEmpty ? absent(.noError) : DNSAnswer(answers: answers, additionals: additionals)
  }

  private func soa(ttl: UInt32) -> DNSRecord {
    let serial = UInt32(truncatingIfNeeded: catalogue.revision)
    return DNSRecord(
      name: domain, ttl: ttl,
      data: .soa(
        StartOfAuthority(
          primary: soaName, mailbox: mailbox, serial: serial, refresh: 3_600, retry: 600, expire: 86_400,
          minimum: settings.negativeTTL)))
  }

  private func apex(_ question: DNSQuestion) -> DNSAnswer {
    switch question.type {
    case .soa, .any: return present([soa(ttl: settings.nodeTTL)])
    case .ns:
      let glue = settings.addresses.map { DNSRecord(name: soaName, ttl: settings.nodeTTL, data: $0.data) }
      return present(
        [DNSRecord(name: question.name, ttl: settings.nodeTTL, data: .ns(soaName))], additionals: glue)
    default: return absent(.noError)
    }
  }

  private func reverse(_ question: DNSQuestion, _ address: IPAddress) -> DNSAnswer {
    let names = catalogue.nodes(at: address).compactMap { DNSName($0)?.below(nodeBranch) }
    guard !names.isEmpty else { return absent(.nameError) }
    guard question.type == .ptr || question.type == .any else { return absent(.noError) }
    return present(names.map { DNSRecord(name: question.name, ttl: settings.nodeTTL, data: .ptr($0)) })
  }

  private func node(_ question: DNSQuestion, _ name: String, _ depth: Int) -> DNSAnswer {
    guard let node = catalogue.node(name) else { return absent(.nameError) }
    if question.type == .txt { return present(metadata(of: node, question.name)) }
    return hosts(question, [DNSHost(node.address)], ttl: settings.nodeTTL, depth)
  }

  /// `key=value` strings (RFC 1464), in the order of the keys.
  private func metadata(of node: DNSNode, _ name: DNSName) -> [DNSRecord] {
    node.metadata.sorted { $0.key < $1.key }.map { key, value in
      // Consul's convention: a key that begins so is the text itself.
      let text = key.hasPrefix("rfc1035-") ? value : "\(Self.escaped(key))=\(value)"
      let bytes = Array(text.utf8)
      let strings = stride(from: 0, to: max(bytes.count, 1), by: 255).map {
        Array(bytes[$0..<min($0 + 255, bytes.count)])
      }
      return DNSRecord(name: name, ttl: settings.nodeTTL, data: .txt(strings))
    }
  }

  /// RFC 1464: an equals sign or a backquote of the key itself is quoted.
  private static func escaped(_ key: String) -> String {
    key.map { $0 == "=" || $0 == "`" ? "`\($0)" : String($0) }.joined()
  }

  private func service(_ question: DNSQuestion, _ name: String, _ tag: String?, _ depth: Int) -> DNSAnswer {
    guard var instances = catalogue.instances(of: name) else { return absent(.nameError) }
    if let tag {
      let tag = tag.lowercased()
      instances.removeAll { !$0.tags.contains { $0.lowercased() == tag } }
    }
    // Clients take "no such name" for what it is here: nobody to talk to.
    guard !instances.isEmpty else { return absent(.nameError) }
    instances.shuffle()
    let ttl = settings.ttl(ofService: name)
    if question.type == .srv { return locations(question.name, instances, ttl: ttl) }
    return hosts(question, instances.map(\.host), ttl: ttl, depth)
  }

  // MARK: Addresses

  private static let maxAliases = 8

  /// A or AAAA records of some hosts, each once; or, where all of them are names, one of those as an alias.
  ///
  /// A name that has addresses gets no alias beside them: RFC 1034, section 3.6.2, has none beside other records.
  private func hosts(_ question: DNSQuestion, _ hosts: [DNSHost], ttl: UInt32, _ depth: Int) -> DNSAnswer {
    var seen = Set<IPAddress>()
    let addresses = hosts.compactMap { host -> IPAddress? in
      guard case .address(let address) = host, seen.insert(address).inserted else { return nil }
      return address
    }
    if addresses.isEmpty {
      for case .name(let target) in hosts { return alias(question, target, ttl: ttl, depth) }
    }
    let records = addresses.map { DNSRecord(name: question.name, ttl: ttl, data: $0.data) }
    // RFC 8482, section 4.1: "any" is answered with one of the sets that there are.
    let type = question.type == .any ? records.first?.type : question.type
    return present(records.filter { $0.type == type })
  }

  /// A CNAME record, and what it leads to where that is known here.
  private func alias(_ question: DNSQuestion, _ target: DNSName, ttl: UInt32, _ depth: Int) -> DNSAnswer {
    let record = DNSRecord(name: question.name, ttl: ttl, data: .cname(target))
    var answer = DNSAnswer(answers: [record])
    guard depth < Self.maxAliases, question.type != .cname, question.type != .any else { return answer }
    let next = DNSQuestion(name: target, type: question.type, recordClass: question.recordClass)
    let rest = self.answer(next, depth: depth + 1)
    guard rest.isAuthoritative else { return answer }
    answer.answers += rest.answers
    answer.authorities = rest.authorities
    answer.code = rest.code
    return answer
  }

  /// SRV records, and the addresses of their targets.
  private func locations(_ name: DNSName, _ instances: [DNSInstance], ttl: UInt32) -> DNSAnswer {
    var answer = DNSAnswer()
    var seen = Set<DNSRecordData>()
    var known = Set<DNSName>()
    for instance in instances {
      guard let (target, address) = target(of: instance) else { continue }
      let location = ServiceLocation(
        priority: 1, weight: UInt16(clamping: instance.weight), port: UInt16(clamping: instance.port),
        target: target)
      guard seen.insert(.srv(location)).inserted else { continue }
      answer.answers.append(DNSRecord(name: name, ttl: ttl, data: .srv(location)))
      if let address, known.insert(target).inserted {
        answer.additionals.append(DNSRecord(name: target, ttl: ttl, data: address.data))
      }
    }
    return answer.answers.isEmpty ? absent(.noError) : answer
  }

  /// A name for where an instance is, and the address of that name when it is ours.
  private func target(of instance: DNSInstance) -> (name: DNSName, address: IPAddress?)? {
    switch instance.host {
    case .none: return nil
    case .name(let name): return (name, nil)
    case .address(let address):
      if instance.address.isEmpty, let name = DNSName(instance.node.name)?.below(nodeBranch) {
        return (name, address)
      }
      guard let name = DNSName(labels: [address.hexadecimal])?.below(addressBranch) else { return nil }
      return (name, address)
    }
  }
}
