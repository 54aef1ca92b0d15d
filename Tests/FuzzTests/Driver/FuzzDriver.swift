import Foundation

// What libFuzzer calls; it brings the main function. See scripts/fuzz.

/// The target that `FUZZ_TARGET` names.
private let target: FuzzTarget = {
  let name = ProcessInfo.processInfo.environment["FUZZ_TARGET"] ?? ""
  guard let target = FuzzTarget(rawValue: name) else {
    fatalError("set FUZZ_TARGET to one of: " + FuzzTarget.allCases.map(\.rawValue).joined(separator: " "))
  }
  return target
}()

@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  do {
    try target.run(UnsafeRawBufferPointer(start: bytes, count: count))
  } catch {
    // libFuzzer takes a crash for a finding, and keeps its input.
    fatalError("\(error)")
  }
  return 0
}
