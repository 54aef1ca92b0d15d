import WeftProtobuf

/// `protoc-gen-weft-swift` as a function: from what protoc sends to what it expects.
public enum Generator {
  /// Input comes from protoc on the developer's own machine: large is fine, malformed is not.
  private static var limits: DescriptorLimits {
    var limits = DescriptorLimits()
    limits.maxBytes = 1 << 30
    limits.maxFiles = 20_000
    limits.maxTypes = 1_000_000
    limits.maxMembers = 10_000_000
    return limits
  }

  /// Never fails: what is wrong with the input goes into the response, for protoc to print.
  ///
  /// - Parameter readFile: reads the settings file that the request may name.
  public static func respond(
    toSerialized request: [UInt8], readFile: (String) throws -> [UInt8]
  ) -> CodeGeneratorResponse {
    do throws(GenerationError) {
      let request = try CodeGeneratorRequest(serialized: request)
      return try generate(request, try GeneratorOptions(parsing: request.parameter, readFile: readFile))
    } catch {
      return CodeGeneratorResponse(error: error.description)
    }
  }

  private static func generate(
    _ request: CodeGeneratorRequest, _ options: GeneratorOptions
  ) throws(GenerationError) -> CodeGeneratorResponse {
    let pool: DescriptorPool
    do throws(DescriptorError) {
      pool = try DescriptorPool(serializedFiles: request.protoFiles, limits: limits)
    } catch {
      throw GenerationError(error.description)
    }
    let context = EmissionContext(pool, options)
    if let clash = context.names.clash(among: request.filesToGenerate) {
      throw GenerationError(
        "\(clash.files.joined(separator: " and ")) both give Swift a type \(clash.name); "
          + "write an option swift_prefix into one of them")
    }
    var response = CodeGeneratorResponse()
    var outputs: [String: String] = [:]
    for name in request.filesToGenerate {
      guard let file = pool.file(named: name) else {
        throw GenerationError("\(name): asked for, but not sent")
      }
      let output = options.outputName(for: name)
      if let other = outputs.updateValue(name, forKey: output) {
        throw GenerationError(
          "\(name) and \(other) both give \(output); choose another FileNaming")
      }
      response.files.append(
        CodeGeneratorResponse.File(
          name: output, content: try FileEmitter(file: file, context: context).emit()))
    }
    return response
  }
}
