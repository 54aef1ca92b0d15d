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
  let bytes = UnsafeRawBufferPointer(start: bytes, count: count)
  guard target.needsNoWaiting else {
    wait { [bytes = Array(bytes)] in try await target.run(bytes) }
    return 0
  }
  do { try target.runAtOnce(bytes) } catch { found(error) }
  return 0
}

/// libFuzzer takes a crash for a finding, and keeps its input.
private func found(_ error: any Error) -> Never { fatalError("\(error)") }

/// The thread that waits is libFuzzer's own, so that tasks still have theirs.
private func wait(_ work: @escaping @Sendable () async throws -> Void) {
  let done = DispatchSemaphore(value: 0)
  Task {
    do { try await work() } catch { found(error) }
    done.signal()
  }
  done.wait()
}
