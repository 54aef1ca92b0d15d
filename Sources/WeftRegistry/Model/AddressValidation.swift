#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// An address at which others can reach an instance: an IPv4 or IPv6 address or a host name, without a port.
func validateAddress(_ address: String, field: String) throws(RegistryError) {
  let check = FieldCheck(field: field)
  try check.token(address, limit: 253, allowed: "letters, digits, dots, colons and dashes") {
    $0.isLetterOrDigit || ".:-".utf8.contains($0)
  }
  if let parsed = parse(address, family: AF_INET, size: 4) ?? parse(address, family: AF_INET6, size: 16) {
    if parsed.allSatisfy({ $0 == 0 }) {
      throw check.fail("\(address) means every address of the machine; give one that others can reach")
    }
    return
  }
  if address.utf8.contains(UInt8(ascii: ":")) {
    throw check.fail("\(check.quoted(address)) is not an IPv6 address; the port has a field of its own")
  }
  guard isHostName(address) else {
    throw check.fail("\(check.quoted(address)) is neither an IP address nor a host name")
  }
}

private func parse(_ address: String, family: Int32, size: Int) -> [UInt8]? {
  var bytes = [UInt8](repeating: 0, count: size)
  return inet_pton(family, address, &bytes) == 1 ? bytes : nil
}

/// RFC 1123, section 2.1. A last label of digits only would be a mistyped IPv4 address.
private func isHostName(_ name: String) -> Bool {
  let labels = name.split(separator: ".", omittingEmptySubsequences: false)
  let areLabels = labels.allSatisfy { label in
    (1...63).contains(label.utf8.count) && !label.hasPrefix("-") && !label.hasSuffix("-")
  }
  return areLabels && !(labels.last?.utf8.allSatisfy(\.isDigit) ?? true)
}
