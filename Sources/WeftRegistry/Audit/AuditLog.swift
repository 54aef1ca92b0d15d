import Foundation
import Logging
import Synchronization

/// Where the audit log goes, and how much of it is kept.
public struct AuditConfiguration: Sendable, Hashable {
  /// The file that is written to. Full ones are `PATH.1` (the newest) and so on.
  public var path: String
  /// A file that has reached this size is put aside.
  public var fileBytes = 64 << 20
  /// How many files are kept beside the one that is written to.
  public var keptFiles = 8

  public init(path: String) {
    self.path = path
  }
}

/// A file of JSON lines: one for each change of the registry, who made it and with which revision.
///
/// Lines are written after the commit and before its callers are answered. They are with the system then, so a
/// killed registry loses none; they are not waited for on the disk, as the store is.
final class AuditLog: Sendable {
  private struct State {
    var file: FileHandle?
    var size = 0
    var isFailing = false
  }

  private let configuration: AuditConfiguration
  private let logger: Logger
  private let state: Mutex<State>

  /// Throws when the file cannot be opened.
  init(_ configuration: AuditConfiguration, logger: Logger) throws {
    self.configuration = configuration
    self.logger = logger
    let (file, size) = try Self.open(configuration.path)
    state = Mutex(State(file: file, size: size))
  }

  /// Whether the last lines could not be written.
  var isFailing: Bool { state.withLock(\.isFailing) }

  /// A disk that is full or broken does not stop the registry: it is logged, once, and writing is tried again with
  /// the next change.
  func write(_ entries: [AuditEntry]) {
    guard !entries.isEmpty else { return }
    var lines: [UInt8] = []
    lines.reserveCapacity(entries.count * 192)
    for entry in entries { entry.append(to: &lines) }
    state.withLock { state in
      do {
        try write(lines, &state)
        if state.isFailing { logger.notice("the audit log is written again") }
        state.isFailing = false
      } catch {
        if !state.isFailing {
          logger.error(
            "the audit log cannot be written; changes go on without it",
            metadata: ["path": "\(configuration.path)", "error": "\(error)"])
        }
        state.isFailing = true
      }
    }
  }

  private func write(_ lines: [UInt8], _ state: inout State) throws {
    if state.size > 0, state.size + lines.count > configuration.fileBytes {
      try? state.file?.close()
      state.file = nil
      // When that fails, the next lines go on in the file that is there.
      state.size = 0
      try rotate()
    }
    if state.file == nil { (state.file, state.size) = try Self.open(configuration.path) }
    try state.file?.write(contentsOf: lines)
    state.size += lines.count
  }

  private func rotate() throws {
    let files = FileManager.default
    let path = configuration.path
    if configuration.keptFiles < 1 { return try files.removeItem(atPath: path) }
    try? files.removeItem(atPath: "\(path).\(configuration.keptFiles)")
    for number in stride(from: configuration.keptFiles - 1, to: 0, by: -1)
    where files.fileExists(atPath: "\(path).\(number)") {
      try files.moveItem(atPath: "\(path).\(number)", toPath: "\(path).\(number + 1)")
    }
    try files.moveItem(atPath: path, toPath: "\(path).1")
  }

  private static func open(_ path: String) throws -> (FileHandle, Int) {
    if !FileManager.default.fileExists(atPath: path) {
      // Who did what is for those who run the registry only.
      let isMade = FileManager.default.createFile(
        atPath: path, contents: nil, attributes: [.posixPermissions: 0o600])
      guard isMade else { throw CocoaError(.fileWriteUnknown, userInfo: [NSFilePathErrorKey: path]) }
    }
    guard let file = FileHandle(forWritingAtPath: path) else {
      throw CocoaError(.fileWriteNoPermission, userInfo: [NSFilePathErrorKey: path])
    }
    return (file, Int(try file.seekToEnd()))
  }
}
