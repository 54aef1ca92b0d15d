import WeftDiscovery

extension InstanceKey {
  /// The key, if it can be that of an instance. `field` is its path in the request.
  func validated(field: String) throws(RegistryError) -> InstanceKey {
    try validateServiceName(service, field: field + ".service")
    try FieldCheck(field: field + ".id").identifier(id)
    try validateName(node, field: field + ".node")
    return self
  }
}

/// `NAME` or `NAMESPACE/NAME`.
func validateServiceName(_ name: String, field: String) throws(RegistryError) {
  let parts = name.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
  for part in parts { try validateName(String(part), field: field) }
}

/// What Consul takes for the name of a service or a node, which is wider than a DNS label, as far as it can be told
/// apart in paths and logs.
func validateName(_ name: String, field: String) throws(RegistryError) {
  let check = FieldCheck(field: field)
  try check.identifier(name)
  if let bad = name.unicodeScalars.first(where: { $0 == "/" || $0.isBlank }) {
    throw check.fail("\(check.quoted(name)) contains \(bad == "/" ? "a slash" : "a blank")")
  }
}

func validateDescriptorHash(_ hash: String, field: String) throws(RegistryError) {
  let isHexadecimal = hash.utf8.allSatisfy { byte in
    byte.isDigit || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
  }
  guard hash.utf8.count == 64, isHexadecimal else {
    throw FieldCheck(field: field).fail("is not a SHA-256 in 64 lower-case hexadecimal digits")
  }
}

extension ServiceInstance {
  /// Bytes of all its texts together.
  static let sizeLimit = 32 << 10
  static let leaseLimits: ClosedRange<Duration> = .milliseconds(1_000) ... .milliseconds(86_400_000)

  /// The instance with its defaults filled in, if every field is within the limits of the proto.
  func validated(limits: RegistryLimits = RegistryLimits()) throws(RegistryError) -> ServiceInstance {
    try validateName(namespace, field: "instance.namespace")
    try validateName(service, field: "instance.service")
    _ = try key.validated(field: "instance")
    try validatePlace()
    try validateProtoServices()
    if !descriptorSetHash.isEmpty {
      try validateDescriptorHash(descriptorSetHash, field: "instance.descriptor_set_hash")
    }
    try validateTags()
    try validateMetadata(metadata, field: "instance.metadata")
    try FieldCheck(field: "instance.version").text(version, limit: 128)
    try FieldCheck(field: "instance.zone").text(zone, limit: 128)
    guard (0...65_535).contains(weight) else {
      throw FieldCheck(field: "instance.weight").fail("\(weight) is not between 1 and 65535, or 0 for 1")
    }
    guard (0...65_535).contains(warningWeight) else {
      throw FieldCheck(field: "instance.warning_weight").fail("\(warningWeight) is not between 0 and 65535")
    }
    guard lease == nil || lease == .zero || Self.leaseLimits.contains(lease ?? .zero) else {
      throw FieldCheck(field: "instance.lease_milliseconds").fail(
        "is not between 1000 and 86400000, or 0 for 10000")
    }
    var result = self
    result.checks = try validatedChecks(limits)
    let size = cost
    guard size <= Self.sizeLimit else {
      throw FieldCheck(field: "instance").fail("has \(size) bytes; at most \(Self.sizeLimit) are taken")
    }
    if weight == 0 { result.weight = 1 }
    if lease == .zero { result.lease = Self.defaultLease }
    return result
  }

  /// An instance with a lease is one of the mesh, which others call; of those without, Consul takes any address.
  private func validatePlace() throws(RegistryError) {
    if lease != nil {
      try validateAddress(address, field: "instance.address")
    } else {
      try FieldCheck(field: "instance.address").text(address, limit: 253)
    }
    guard (1...65_535).contains(port) || (lease == nil && port == 0) else {
      throw FieldCheck(field: "instance.port").fail("\(port) is not between 1 and 65535")
    }
    try FieldCheck(field: "instance.tagged_addresses").count(taggedAddresses.count, limit: 32)
    for (key, value) in taggedAddresses {
      try FieldCheck(field: "instance.tagged_addresses").text(key, limit: 128)
      let check = FieldCheck(field: "instance.tagged_addresses[\"\(key)\"]")
      try check.text(value.address, limit: 253)
      guard (0...65_535).contains(value.port) else {
        throw check.fail("the port \(value.port) is not between 0 and 65535")
      }
    }
  }

  private func validatedChecks(_ limits: RegistryLimits) throws(RegistryError) -> [HealthCheck] {
    guard !checks.isEmpty else { return [] }
    try FieldCheck(field: "instance.checks").count(checks.count, limit: limits.checksPerOwner)
    var ids: Set<String> = []
    var result: [HealthCheck] = []
    for (index, check) in checks.enumerated() {
      let field = "instance.checks[\(index)]"
      result.append(try check.validated(field: field, limits: limits))
      guard ids.insert(check.id).inserted else {
        throw FieldCheck(field: field + ".id").fail(
          "\(FieldCheck(field: "").quoted(check.id)) is there twice")
      }
    }
    return result
  }

  private func validateProtoServices() throws(RegistryError) {
    try FieldCheck(field: "instance.proto_services").count(protoServices.count, limit: 256)
    for (index, name) in protoServices.enumerated() {
      let check = FieldCheck(field: "instance.proto_services[\(index)]")
      try check.token(name, limit: 255, allowed: "letters, digits, underscores and dots") {
        $0.isLetterOrDigit || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: ".")
      }
      let isName = name.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { part in
        part.utf8.first.map { !$0.isDigit } ?? false
      }
      guard isName else { throw check.fail("\(check.quoted(name)) is not the full name of a service") }
      guard !protoServices[..<index].contains(name) else { throw check.fail("\(name) is there twice") }
    }
  }

  private func validateTags() throws(RegistryError) {
    try FieldCheck(field: "instance.tags").count(tags.count, limit: 256)
    for (index, tag) in tags.enumerated() {
      let check = FieldCheck(field: "instance.tags[\(index)]")
      try check.lines(tag, limit: 1_024)
      guard !tags[..<index].contains(tag) else { throw check.fail("\(check.quoted(tag)) is there twice") }
    }
  }
}

func validateMetadata(_ metadata: [String: String], field: String) throws(RegistryError) {
  try FieldCheck(field: field).count(metadata.count, limit: 64)
  for (key, value) in metadata {
    try FieldCheck(field: field).token(key, limit: 128, allowed: "letters, digits and ._-/") {
      $0.isLetterOrDigit || "._-/".utf8.contains($0)
    }
    try FieldCheck(field: "\(field)[\"\(key)\"]").lines(value, limit: 1_024)
  }
}
