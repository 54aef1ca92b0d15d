extension ArenaReference {
  /// Adds the paths of a field mask's text to the repeated field of a `google.protobuf.FieldMask`.
  /// - Returns: what is wrong, or nil.
  func appendPaths(
    _ text: UnsafeBufferPointer<UInt8>, to message: UnsafeMutableRawPointer, _ field: FieldCodec
  ) -> String? {
    if text.isEmpty { return nil }
    for part in text.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false) {
      guard let path = FieldMaskText.originalPath(UnsafeBufferPointer(rebasing: part)), !path.isEmpty else {
        return "the string is not a field mask such as displayName,owner.email"
      }
      guard let copy = bytes(path.count), let place = append(to: message, field) else {
        return "the message needs more memory than it may have"
      }
      for (index, byte) in path.enumerated() { copy[index] = byte }
      CStruct.setData(copy, path.count, at: place)
    }
    return nil
  }
}
