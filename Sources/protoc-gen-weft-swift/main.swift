import Foundation
import WeftGeneration

// protoc runs this with a CodeGeneratorRequest on standard input and reads a CodeGeneratorResponse from
// standard output.
do {
  let request = try FileHandle.standardInput.readToEnd() ?? Data()
  let response = Generator.respond(toSerialized: Array(request))
  try FileHandle.standardOutput.write(contentsOf: Data(response.serialized()))
} catch {
  try? FileHandle.standardError.write(contentsOf: Data("protoc-gen-weft-swift: \(error)\n".utf8))
  exit(1)
}
