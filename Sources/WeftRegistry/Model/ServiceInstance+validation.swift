import WeftDiscovery

extension InstanceKey {
  static let idLimit = 128

  /// The key, if it can be that of an instance. `field` is its path in the request.
  func validated(field: String) throws(RegistryError) -> InstanceKey {
    try validateServiceName(service, field: field + ".service")
    try FieldCheck(field: field + ".id").token(
      id, limit: Self.idLimit, allowed: "visible ASCII characters"
    ) { (0x21...0x7E).contains($0) }
    return self
  }
}

/// A DNS label (RFC 1123, section 2.1) in lower case, so that a name fits `weft:///NAME`, certificates and DNS.
func validateServiceName(_ name: String, field: String) throws(RegistryError) {
  let check = FieldCheck(field: field)
  try check.token(name, limit: 63, allowed: "lower-case letters, digits and dashes") {
    $0.isLowerCaseOrDigit || $0 == UInt8(ascii: "-")
  }
  if name.hasPrefix("-") || name.hasSuffix("-") {
    throw check.fail("\(check.quoted(name)) begins or ends with a dash")
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
  func validated() throws(RegistryError) -> ServiceInstance {
    _ = try key.validated(field: "instance")
    try validateAddress(address, field: "instance.address")
    guard (1...65_535).contains(port) else {
      throw FieldCheck(field: "instance.port").fail("\(port) is not between 1 and 65535")
    }
    try validateProtoServices()
    if !descriptorSetHash.isEmpty {
      try validateDescriptorHash(descriptorSetHash, field: "instance.descriptor_set_hash")
    }
    try validateTags()
    try validateMetadata()
    try FieldCheck(field: "instance.version").text(version, limit: 128)
    try FieldCheck(field: "instance.zone").text(zone, limit: 128)
    guard (0...65_535).contains(weight) else {
      throw FieldCheck(field: "instance.weight").fail("\(weight) is not between 1 and 65535, or 0 for 1")
    }
    guard lease == .zero || Self.leaseLimits.contains(lease) else {
      throw FieldCheck(field: "instance.lease_milliseconds").fail(
        "is not between 1000 and 86400000, or 0 for 10000")
    }
    let size = InstanceRecord.cost(of: self)
    guard size <= Self.sizeLimit else {
      throw FieldCheck(field: "instance").fail("has \(size) bytes; at most \(Self.sizeLimit) are taken")
    }
    var result = self
    if weight == 0 { result.weight = 1 }
    if lease == .zero { result.lease = Self.defaultLease }
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
    try FieldCheck(field: "instance.tags").count(tags.count, limit: 64)
    for (index, tag) in tags.enumerated() {
      let check = FieldCheck(field: "instance.tags[\(index)]")
      if tag.isEmpty { throw check.fail("is empty") }
      try check.text(tag, limit: 255)
      guard !tags[..<index].contains(tag) else { throw check.fail("\(check.quoted(tag)) is there twice") }
    }
  }

  private func validateMetadata() throws(RegistryError) {
    try FieldCheck(field: "instance.metadata").count(metadata.count, limit: 64)
    for (key, value) in metadata {
      let keys = FieldCheck(field: "instance.metadata")
      try keys.token(key, limit: 128, allowed: "letters, digits and ._-/") {
        $0.isLetterOrDigit || "._-/".utf8.contains($0)
      }
      try FieldCheck(field: "instance.metadata[\"\(key)\"]").text(value, limit: 1_024)
    }
  }
}
