import WeftProtobuf

/// `protoc-gen-weft-swift` as a function: from what protoc sends to what it expects.
public enum Generator {
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
      pool = try DescriptorPool(serializedFiles: request.protoFiles, limits: .trusted)
    } catch {
      throw GenerationError(error.description)
    }
    return CodeGeneratorResponse(files: try generate(request.filesToGenerate, of: pool, options: options))
  }

  /// Generates Swift without protoc, from descriptors that are linked already.
  ///
  /// - Parameters:
  ///   - names: of the files to generate, which `pool` must have. What they import must be there, and is not
  ///     generated.
  /// - Returns: the files in the order of `names`.
  public static func generate(
    _ names: [String], of pool: DescriptorPool, options: GeneratorOptions = GeneratorOptions()
  ) throws(GenerationError) -> [CodeGeneratorResponse.File] {
    for file in pool.files {
      guard let prefix = file.swiftPrefix, !prefix.isEmpty, !SwiftIdentifier.isPlain(prefix) else { continue }
      throw GenerationError("\(file.name): option swift_prefix must be a Swift name, not \"\(prefix)\"")
    }
    let context = EmissionContext(pool, options)
    if let clash = context.names.clash(among: names) {
      throw GenerationError(
        "\(clash.files.joined(separator: " and ")) both give Swift a type \(clash.name); "
          + "write an option swift_prefix into one of them")
    }
    var files: [CodeGeneratorResponse.File] = []
    var outputs: [String: String] = [:]
    for name in names {
      guard let file = pool.file(named: name) else {
        throw GenerationError("\(name): asked for, but not sent")
      }
      let output = options.outputName(for: name)
      if let other = outputs.updateValue(name, forKey: output) {
        throw GenerationError(
          "\(name) and \(other) both give \(output); choose another FileNaming")
      }
      files.append(
        CodeGeneratorResponse.File(
          name: output, content: try FileEmitter(file: file, context: context).emit()))
    }
    return files
  }
}
