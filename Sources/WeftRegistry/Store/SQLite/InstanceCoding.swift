import Foundation
import WeftDiscovery
import WeftProtobuf

/// An instance in the store: a serialized `weft.registry.v1.Instance`.
///
/// Not JSON, which would be nicer to look at with the sqlite3 shell, because a restart decodes up to ten
/// thousand of them before the first answer, and that took half a second with `JSONDecoder`.
enum InstanceCoding {
  static func encode(_ instance: ServiceInstance) throws -> Data {
    Data(try instance.message.serialized())
  }

  /// - Parameter revision: at which it was written; that counts for the one at which it came when the record
  ///   is of a release that did not keep it.
  static func decode(_ record: Data, writtenAt revision: UInt64) throws -> ServiceInstance {
    do {
      var message = try record.withUnsafeBytes { try Weft_Registry_V1_Instance(serialized: $0) }
      if message.createdRevision == 0 { message.createdRevision = revision }
      return ServiceInstance(message)
    } catch {
      throw StoreError(.corrupt, "is damaged: an instance cannot be read (\(error))")
    }
  }
}
