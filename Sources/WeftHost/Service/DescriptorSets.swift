import WeftProtobuf
import WeftRPC

/// One descriptor set with the files of every handler, as the registry keeps it.
func descriptorSet(of handlers: [any RPCService]) throws -> [UInt8] {
  var files: [String: [UInt8]] = [:]
  for handler in handlers {
    for file in type(of: handler).file.pool.files { files[file.name] = file.serialized }
  }
  let inOrder = files.sorted { $0.key < $1.key }.map(\.value)
  return try DescriptorPool(serializedFiles: inOrder).fileDescriptorSet()
}
