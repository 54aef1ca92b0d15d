import Foundation
import Testing

@testable import WeftProtobuf

#if canImport(Glibc)
  import Glibc
#endif

/// What the default depth needs fits a thread with 512 KiB of stack, as some platforms' threads have; JSON needs twice
/// that in a debug build. What the deepest setting needs fits Linux' usual 8 MiB.
///
/// Sanitizers make every frame larger: nothing is to be learnt from them here.
@Suite(.enabled(if: sanitizer == nil)) struct StackTests {
  static let wire = [(depth: 100, stack: 512 << 10), (depth: DecodingLimits.deepest, stack: 8 << 20)]
  static let json = [(depth: 100, stack: 1 << 20), (depth: JSONDecodingOptions.deepest, stack: 8 << 20)]

  @Test func noSettingGoesBeyondTheDeepest() throws {
    let tooDeep = Wire.nested(1, depth: DecodingLimits.deepest + 1)
    #expect(try decodingError("test.Tree", tooDeep, limits: .init(maxDepth: .max)).reason == .tooDeep)
    #expect(throws: JSONDecodingError.self) {
      try TestPool.decodeJSON(
        "test.Tree", String(repeating: #"{"left":"#, count: JSONDecodingOptions.deepest + 1),
        options: .init(maxDepth: .max))
    }
  }

  @Test(arguments: wire) func deepMessagesNeedLittleStack(depth: Int, stack: Int) throws {
    let bytes = Wire.nested(1, depth: depth)
    let limits = DecodingLimits(maxDepth: depth)
    let comesBack = try onStack(of: stack) {
      let message = try TestPool.decode("test.Tree", bytes, limits: limits)
      return try message.serialized() == bytes && message.json().count > bytes.count
    }
    #expect(comesBack)
  }

  @Test(arguments: wire) func deepTypedMessagesNeedLittleStack(depth: Int, stack: Int) throws {
    let bytes = Wire.nested(1, depth: depth)
    let limits = DecodingLimits(maxDepth: depth)
    let comesBack = try onStack(of: stack) {
      let message = try Weft_Test_Tree(serialized: bytes, limits: limits)
      let again = try Weft_Test_Tree(serialized: bytes, limits: limits)
      return try message.serialized() == bytes && message == again
    }
    #expect(comesBack)
  }

  @Test(arguments: json) func deepJSONNeedsLittleStack(depth: Int, stack: Int) throws {
    let objects =
      String(repeating: #"{"left":"#, count: depth - 1) + "{}" + String(repeating: "}", count: depth - 1)
    // The value in an object, and lists within: each is two messages.
    let lists =
      #"{"value":"# + String(repeating: "[", count: depth - 1) + String(repeating: "]", count: depth - 1)
      + "}"
    for (type, text) in [("test.Tree", objects), ("test.WellKnown", lists)] {
      let comesBack = try onStack(of: stack) {
        let options = JSONDecodingOptions(maxDepth: depth)
        return try TestPool.decodeJSON(type, text, options: options).json() == Array(text.utf8)
      }
      #expect(comesBack)
    }
  }

  private final class Work {
    let body: () throws -> Bool
    var result: Result<Bool, any Error> = .success(false)

    init(_ body: @escaping () throws -> Bool) { self.body = body }
  }

  /// Runs `body` in a thread of its own.
  private func onStack(of size: Int, _ body: @escaping () throws -> Bool) throws -> Bool {
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    pthread_attr_setstacksize(&attributes, size)
    let work = Work(body)
    var thread = pthread_t()
    let status = pthread_create(
      &thread, &attributes,
      { argument in
        guard let argument else { return nil }
        let work = Unmanaged<Work>.fromOpaque(argument).takeUnretainedValue()
        work.result = Result(catching: work.body)
        return nil
      }, Unmanaged.passUnretained(work).toOpaque())
    #expect(status == 0)
    pthread_join(thread, nil)
    return try withExtendedLifetime(work) { try work.result.get() }
  }
}
