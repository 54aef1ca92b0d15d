import Foundation
import WeftGeneration

// protoc runs this with a CodeGeneratorRequest on standard input and reads a CodeGeneratorResponse from
// standard output. It gives no arguments: whoever does is a person.
if CommandLine.arguments.count > 1 {
  let wantsHelp = ["-h", "--help"].contains(CommandLine.arguments[1])
  let output = wantsHelp ? FileHandle.standardOutput : FileHandle.standardError
  output.write(Data(Generator.usage.utf8))
  exit(wantsHelp ? 0 : 2)
}
do {
  let request = try FileHandle.standardInput.readToEnd() ?? Data()
  let response = Generator.respond(toSerialized: Array(request)) { path in
    Array(try Data(contentsOf: URL(filePath: path)))
  }
  try FileHandle.standardOutput.write(contentsOf: Data(response.serialized()))
} catch {
  FileHandle.standardError.write(Data("protoc-gen-weft-swift: \(error)\n".utf8))
  exit(1)
}
