import Synchronization

/// The descriptors of one `.proto` file, embedded in the code generated from it.
public final class GeneratedFile: Sendable {
  public let name: String
  public let dependencies: [GeneratedFile]
  private let base64: StaticString
  private let linked = Mutex<DescriptorPool?>(nil)

  /// - Parameter base64: the serialized `google.protobuf.FileDescriptorProto`.
  public init(name: String, base64: StaticString, dependencies: [GeneratedFile]) {
    self.name = name
    self.base64 = base64
    self.dependencies = dependencies
  }

  /// The file and all that it imports, linked on first use and kept.
  public var pool: DescriptorPool {
    linked.withLock { linked in
      if let linked { return linked }
      do {
        let pool = try DescriptorPool(serializedFiles: serializedFiles(), limits: .trusted)
        linked = pool
        return pool
      } catch {
        // Not reachable by input: the bytes are constants that the generator has linked itself.
        preconditionFailure("the descriptors in the code generated from \(name) are damaged: \(error)")
      }
    }
  }

  /// A type that the file declares.
  public func message(_ fullName: String) -> MessageDescriptor {
    guard let message = pool.message(named: fullName) else {
      preconditionFailure("the code generated from \(name) lacks the descriptor of \(fullName)")
    }
    return message
  }

  /// An enum that the file declares.
  public func enumeration(_ fullName: String) -> EnumDescriptor {
    guard let enumeration = pool.enumeration(named: fullName) else {
      preconditionFailure("the code generated from \(name) lacks the descriptor of \(fullName)")
    }
    return enumeration
  }

  /// A serialized `google.protobuf.FileDescriptorSet` of the file and all that it imports.
  public func descriptorSet() -> [UInt8] { pool.fileDescriptorSet() }

  /// Each file once, those that it imports first.
  private func serializedFiles() -> [[UInt8]] {
    var seen: Set<String> = []
    var result: [[UInt8]] = []
    func visit(_ file: GeneratedFile) {
      guard seen.insert(file.name).inserted else { return }
      for dependency in file.dependencies { visit(dependency) }
      result.append(Base64.decode(file.base64) ?? [])
    }
    visit(self)
    return result
  }
}
