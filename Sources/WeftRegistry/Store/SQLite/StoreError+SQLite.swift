import Foundation
import GRDB

extension StoreError {
  /// Sorts SQLite's result codes (https://sqlite.org/rescode.html) into what an operator can act on.
  init(_ error: any Error, path: String) {
    if let error = error as? StoreError {
      self = StoreError(error.kind, "\(path) \(error.message)")
      return
    }
    guard let error = error as? DatabaseError else {
      self = StoreError(.failed, "\(path) failed: \(error)")
      return
    }
    let cause = "(SQLite \(error.extendedResultCode.rawValue): \(error.message ?? "no message"))"
    self =
      switch error.resultCode {
      case .SQLITE_FULL:
        StoreError(.full, "the disk of \(path) is full \(cause)")
      case .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_AUTH:
        StoreError(.readOnly, "\(path) cannot be written \(cause)")
      case .SQLITE_CORRUPT, .SQLITE_NOTADB:
        StoreError(.corrupt, "\(path) is damaged; restore it, or move it away to start empty \(cause)")
      case .SQLITE_BUSY, .SQLITE_LOCKED:
        StoreError(.failed, "\(path) is locked by another process \(cause)")
      case .SQLITE_CANTOPEN:
        StoreError(.failed, "\(path) cannot be opened \(cause)")
      default:
        StoreError(.failed, "\(path) failed \(cause)")
      }
  }
}
