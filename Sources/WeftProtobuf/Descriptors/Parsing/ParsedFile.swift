// What the bytes of a FileDescriptorProto say, before any of it is checked or linked.

struct ParsedFile {
  var name = ""
  var package = ""
  var syntax = FileDescriptor.Syntax.proto2
  /// The `syntax` as written, when it is none that is known.
  var unknownSyntax: String?
  var dependencies: [String] = []
  var publicIndices: [Int32] = []
  var messages: [ParsedMessage] = []
  var enums: [ParsedEnum] = []
  var services: [ParsedService] = []
  var extensions: [ParsedField] = []
  var swiftPrefix: String?
  var isDeprecated = false
  /// Keyed by the path of `SourceCodeInfo.Location`.
  var comments: [[Int32]: String] = [:]
  var serialized: [UInt8] = []

  var publicDependencies: [String] {
    publicIndices.compactMap {
      dependencies.indices.contains(Int($0)) ? dependencies[Int($0)] : nil
    }
  }
}

struct ParsedMessage {
  var name = ""
  var fields: [ParsedField] = []
  var oneofs: [String] = []
  var messages: [ParsedMessage] = []
  var enums: [ParsedEnum] = []
  var extensions: [ParsedField] = []
  var extensionRanges: [Range<Int32>] = []
  var isMapEntry = false
  var isMessageSet = false
  var isDeprecated = false
}

struct ParsedField {
  var name = ""
  var number: Int32 = 0
  var label = FieldLabel.optional
  /// Nil when the type is only given by name.
  var type: FieldType?
  var typeName: String?
  var extendee: String?
  var jsonName: String?
  var defaultValue: String?
  var oneofIndex: Int32?
  var isProto3Optional = false
  var isPacked: Bool?
  var isDeprecated = false
  var behaviors: [Int32] = []
}

struct ParsedEnum {
  var name = ""
  var values: [ParsedEnumValue] = []
  var allowsAlias = false
  var isDeprecated = false
}

struct ParsedEnumValue {
  var name = ""
  var number: Int32 = 0
  var isDeprecated = false
}

struct ParsedService {
  var name = ""
  var methods: [ParsedMethod] = []
  var isDeprecated = false
}

struct ParsedMethod {
  var name = ""
  var input = ""
  var output = ""
  var isClientStreaming = false
  var isServerStreaming = false
  var isDeprecated = false
  var idempotency = MethodDescriptor.Idempotency.unknown
  var httpRules: [HTTPRule] = []
}
