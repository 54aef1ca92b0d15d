extension KeyValueOperation {
  /// Throws when a key or value cannot be one. `field` is the operation's path in the request, or empty.
  func validate(_ limits: RegistryLimits, field: String = "") throws(RegistryError) {
    let path = field.isEmpty ? "" : field + "."
    try validateKey(key, field: path + (isTree ? "prefix" : "key"), mayBeEmpty: isTree, limits)
    if let value, value.count > limits.valueBytes {
      throw FieldCheck(field: path + "value").fail(
        "has \(value.count) bytes; at most \(limits.valueBytes) are taken")
    }
    switch self {
    case .lock(_, _, _, let session), .unlock(_, _, _, let session):
      if session.isEmpty { throw FieldCheck(field: path + "session").fail("is empty") }
    default: break
    }
  }
}

/// Any text but a null byte: a key comes from others, and is theirs to choose.
func validateKey(
  _ key: String, field: String, mayBeEmpty: Bool = false, _ limits: RegistryLimits
) throws(RegistryError) {
  let check = FieldCheck(field: field)
  if key.isEmpty, !mayBeEmpty { throw check.fail("is empty") }
  try check.size(key, limit: limits.keyBytes)
  if key.utf8.contains(0) { throw check.fail("contains a null byte") }
}
