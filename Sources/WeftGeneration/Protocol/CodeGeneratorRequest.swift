import WeftProtobuf

/// What protoc asks of a plugin: `google.protobuf.compiler.CodeGeneratorRequest`.
struct CodeGeneratorRequest {
  var filesToGenerate: [String] = []
  var parameter = ""
  /// Serialized `FileDescriptorProto`s of the files to generate and all that they import.
  var protoFiles: [[UInt8]] = []

  // Field numbers are those of google/protobuf/compiler/plugin.proto.
  init(serialized: [UInt8]) throws(GenerationError) {
    do throws(WireError) {
      var reader = WireReader(serialized)
      while let tag = try reader.nextTag() {
        switch tag.number {
        case 1: filesToGenerate.append(try reader.string(tag))
        case 2: parameter = try reader.string(tag)
        case 15: protoFiles.append(Array(try reader.lengthDelimited(tag)))
        default: try reader.skip(tag)
        }
      }
    } catch {
      throw GenerationError("the request from protoc cannot be read: \(error)")
    }
  }
}
