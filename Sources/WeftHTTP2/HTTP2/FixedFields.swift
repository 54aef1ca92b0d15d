import CNghttp2

/// Header fields that are always the same, kept in the form that nghttp2 takes: nothing is built or copied
/// when they are sent.
package struct FixedFields: @unchecked Sendable {
  // Sound as `Sendable`: written once, in `init`, and never freed.
  private let pairs: UnsafeMutablePointer<nghttp2_nv>
  private let count: Int

  /// For values that live as long as the process.
  ///
  /// - Parameter fields: lower-case names and values of at least two characters, `:status` first in a head.
  package init(_ fields: KeyValuePairs<StaticString, StaticString>) {
    count = fields.count
    pairs = .allocate(capacity: fields.count)
    for (index, field) in fields.enumerated() {
      // nghttp2 never writes to what it is lent.
      (pairs + index).initialize(
        to: nghttp2_nv(
          name: UnsafeMutablePointer(mutating: field.key.utf8Start),
          value: UnsafeMutablePointer(mutating: field.value.utf8Start),
          namelen: field.key.utf8CodeUnitCount, valuelen: field.value.utf8CodeUnitCount,
          flags: UInt8(NGHTTP2_NV_FLAG_NO_COPY_NAME.rawValue | NGHTTP2_NV_FLAG_NO_COPY_VALUE.rawValue)))
    }
  }

  @inline(__always)
  func withPairs<R>(_ body: (UnsafePointer<nghttp2_nv>?, Int) -> R) -> R {
    body(pairs, count)
  }
}
