import Crypto
import WeftDiscovery
import WeftProtobuf

extension Registry {
  /// Stores a serialized `google.protobuf.FileDescriptorSet` under its SHA-256, which it returns.
  ///
  /// The set must link: gateways and tools will trust whatever is here.
  public func putDescriptorSet(_ bytes: [UInt8]) async throws(RegistryError) -> String {
    let limit = configuration.limits.descriptorSetBytes
    guard !bytes.isEmpty else { throw .invalidArgument(field: "descriptor_set", reason: "is empty") }
    guard bytes.count <= limit else {
      throw .invalidArgument(
        field: "descriptor_set", reason: "has \(bytes.count) bytes; at most \(limit) are taken")
    }
    // Hashing and linking take milliseconds: neither an event loop nor the queue shall wait for them.
    let hash = try await withTaskExecutorPreference(globalConcurrentExecutor) { () throws(RegistryError) in
      let hash = SHA256.hash(data: bytes).hexadecimal
      // A set that is known needs no second look.
      if !state.withLock({ $0.core.descriptors.contains(hash) }) { try link(bytes) }
      return hash
    }
    _ = try await submit(.putDescriptorSet(hash: hash, bytes: bytes))
    return hash
  }

  /// The descriptor set with this hash, straight from the store.
  public func descriptorSet(hash: String) async throws(RegistryError) -> [UInt8] {
    try validateDescriptorHash(hash, field: "hash")
    do {
      if let bytes = try await store.descriptorSet(hash: hash) { return bytes }
    } catch {
      throw RegistryError(error)
    }
    throw .notFound("hash: no descriptor set has the hash \(hash)")
  }

  private func link(_ bytes: [UInt8]) throws(RegistryError) {
    do {
      _ = try DescriptorPool(fileDescriptorSet: bytes)
    } catch {
      throw .invalidArgument(field: "descriptor_set", reason: String("\(error)".prefix(1_000)))
    }
  }
}

extension Digest {
  var hexadecimal: String {
    let digits = Array("0123456789abcdef".utf8)
    return String(
      decoding: flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }
}
