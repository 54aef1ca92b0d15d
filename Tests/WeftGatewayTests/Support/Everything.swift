import WeftProtobuf

@testable import WeftGateway

/// The types of `everything.proto`, for tests.
enum Everything {
  /// A `FileDescriptorSet` with that file alone. Make it anew, from the folder of the package, with
  /// `protoc -I Tests/WeftGatewayTests/Fixtures -I proto --descriptor_set_out=/dev/stdout everything.proto | base64`.
  private static let base64 = """
    CqEUChBldmVyeXRoaW5nLnByb3RvEhJ0ZXN0LmV2ZXJ5dGhpbmcudjEaHGdvb2dsZS9hcGkvYW5ub3RhdGlvbnMucHJvdG8aGWdv\
    b2dsZS9wcm90b2J1Zi9hbnkucHJvdG8aHmdvb2dsZS9wcm90b2J1Zi9kdXJhdGlvbi5wcm90bxogZ29vZ2xlL3Byb3RvYnVmL2Zp\
    ZWxkX21hc2sucHJvdG8aHGdvb2dsZS9wcm90b2J1Zi9zdHJ1Y3QucHJvdG8aH2dvb2dsZS9wcm90b2J1Zi90aW1lc3RhbXAucHJv\
    dG8aHmdvb2dsZS9wcm90b2J1Zi93cmFwcGVycy5wcm90byJkCgVJbm5lchISCgR0ZXh0GAEgASgJUgR0ZXh0EhYKBm51bWJlchgC\
    IAEoBVIGbnVtYmVyEi8KBWlubmVyGAMgASgLMhkudGVzdC5ldmVyeXRoaW5nLnYxLklubmVyUgVpbm5lciK3CAoKRXZlcnl0aGlu\
    ZxISCgR0ZXh0GAEgASgJUgR0ZXh0EhQKBWNvdW50GAIgASgFUgVjb3VudBIfCgtpbnQ2NF92YWx1ZRgDIAEoA1IKaW50NjRWYWx1\
    ZRIhCgx1aW50MzJfdmFsdWUYBCABKA1SC3VpbnQzMlZhbHVlEiEKDGRvdWJsZV92YWx1ZRgFIAEoAVILZG91YmxlVmFsdWUSHQoK\
    Ym9vbF92YWx1ZRgGIAEoCFIJYm9vbFZhbHVlEh8KC2J5dGVzX3ZhbHVlGAcgASgMUgpieXRlc1ZhbHVlEiwKBGtpbmQYCCABKA4y\
    GC50ZXN0LmV2ZXJ5dGhpbmcudjEuS2luZFIEa2luZBIvCgVpbm5lchgJIAEoCzIZLnRlc3QuZXZlcnl0aGluZy52MS5Jbm5lclIF\
    aW5uZXISGwoJdGV4dF9saXN0GAogAygJUgh0ZXh0TGlzdBIdCgppbnQzMl9saXN0GAsgAygFUglpbnQzMkxpc3QSNQoJa2luZF9s\
    aXN0GAwgAygOMhgudGVzdC5ldmVyeXRoaW5nLnYxLktpbmRSCGtpbmRMaXN0EjgKCmlubmVyX2xpc3QYDSADKAsyGS50ZXN0LmV2\
    ZXJ5dGhpbmcudjEuSW5uZXJSCWlubmVyTGlzdBJCCgZjb3VudHMYDiADKAsyKi50ZXN0LmV2ZXJ5dGhpbmcudjEuRXZlcnl0aGlu\
    Zy5Db3VudHNFbnRyeVIGY291bnRzEhQKBGxlZnQYDyABKAlIAFIEbGVmdBIWCgVyaWdodBgQIAEoBUgAUgVyaWdodBIZCgVtYXli\
    ZRgRIAEoBUgBUgVtYXliZYgBARI4Cgl0aW1lc3RhbXAYEiABKAsyGi5nb29nbGUucHJvdG9idWYuVGltZXN0YW1wUgl0aW1lc3Rh\
    bXASNQoIZHVyYXRpb24YEyABKAsyGS5nb29nbGUucHJvdG9idWYuRHVyYXRpb25SCGR1cmF0aW9uEi4KBG1hc2sYFCABKAsyGi5n\
    b29nbGUucHJvdG9idWYuRmllbGRNYXNrUgRtYXNrEjUKB3dyYXBwZWQYFSABKAsyGy5nb29nbGUucHJvdG9idWYuSW50NjRWYWx1\
    ZVIHd3JhcHBlZBIvCgZzdHJ1Y3QYFiABKAsyFy5nb29nbGUucHJvdG9idWYuU3RydWN0UgZzdHJ1Y3QSJgoDYW55GBcgASgLMhQu\
    Z29vZ2xlLnByb3RvYnVmLkFueVIDYW55Ej8KDHdyYXBwZWRfdGV4dBgYIAEoCzIcLmdvb2dsZS5wcm90b2J1Zi5TdHJpbmdWYWx1\
    ZVILd3JhcHBlZFRleHQaOQoLQ291bnRzRW50cnkSEAoDa2V5GAEgASgJUgNrZXkSFAoFdmFsdWUYAiABKAVSBXZhbHVlOgI4AUII\
    CgZjaG9pY2VCCAoGX21heWJlKj0KBEtpbmQSFAoQS0lORF9VTlNQRUNJRklFRBAAEg4KCktJTkRfRklSU1QQARIPCgtLSU5EX1NF\
    Q09ORBACMrcICgtFY2hvU2VydmljZRLCAgoERWNobxIeLnRlc3QuZXZlcnl0aGluZy52MS5FdmVyeXRoaW5nGh4udGVzdC5ldmVy\
    eXRoaW5nLnYxLkV2ZXJ5dGhpbmci+QGC0+STAvIBIggvdjEvZWNobzoBKloKEggvdjEvZWNob1oREg8vdjEvZWNoby97dGV4dH1a\
    GhoVL3YxL2VjaG8ve2lubmVyLnRleHR9OgEqWh8SHS92MS97dGV4dD1zaGVsdmVzLyovYm9va3MvKip9WhkyEC92MS9pbm5lci97\
    dGV4dH06BWlubmVyWiQSGy92MS9vbmx5LWlubmVyL3tpbm5lci50ZXh0fWIFaW5uZXJaGxINL3YxL29ubHktbGlzdGIKaW50MzJf\
    bGlzdFopEicvdjEvYXQve3RpbWVzdGFtcH0ve2ludDY0X3ZhbHVlfS97a2luZH0SRwoFUGxhaW4SHi50ZXN0LmV2ZXJ5dGhpbmcu\
    djEuRXZlcnl0aGluZxoeLnRlc3QuZXZlcnl0aGluZy52MS5FdmVyeXRoaW5nEmYKBlJlcGVhdBIeLnRlc3QuZXZlcnl0aGluZy52\
    MS5FdmVyeXRoaW5nGh4udGVzdC5ldmVyeXRoaW5nLnYxLkV2ZXJ5dGhpbmciGoLT5JMCFBISL3YxL3JlcGVhdC97Y291bnR9MAES\
    YAoERmFpbBIeLnRlc3QuZXZlcnl0aGluZy52MS5FdmVyeXRoaW5nGh4udGVzdC5ldmVyeXRoaW5nLnYxLkV2ZXJ5dGhpbmciGILT\
    5JMCEhIQL3YxL2ZhaWwve2NvdW50fRJtCglGYWlsTGF0ZXISHi50ZXN0LmV2ZXJ5dGhpbmcudjEuRXZlcnl0aGluZxoeLnRlc3Qu\
    ZXZlcnl0aGluZy52MS5FdmVyeXRoaW5nIh6C0+STAhgSFi92MS9mYWlsLWxhdGVyL3tjb3VudH0wARJiCgRIYW5nEh4udGVzdC5l\
    dmVyeXRoaW5nLnYxLkV2ZXJ5dGhpbmcaHi50ZXN0LmV2ZXJ5dGhpbmcudjEuRXZlcnl0aGluZyIYgtPkkwISEhAvdjEvaGFuZy97\
    Y291bnR9MAESSwoHQ29sbGVjdBIeLnRlc3QuZXZlcnl0aGluZy52MS5FdmVyeXRoaW5nGh4udGVzdC5ldmVyeXRoaW5nLnYxLkV2\
    ZXJ5dGhpbmcoARJKCgNPbGQSHi50ZXN0LmV2ZXJ5dGhpbmcudjEuRXZlcnl0aGluZxoeLnRlc3QuZXZlcnl0aGluZy52MS5FdmVy\
    eXRoaW5nIgOIAgESZAoMU2hvd01ldGFkYXRhEh4udGVzdC5ldmVyeXRoaW5nLnYxLkV2ZXJ5dGhpbmcaHi50ZXN0LmV2ZXJ5dGhp\
    bmcudjEuRXZlcnl0aGluZyIUgtPkkwIOEgwvdjEvbWV0YWRhdGFiBnByb3RvMw==
    """

  /// A complete `FileDescriptorSet`.
  static func set() throws -> [UInt8] {
    var set = try decoded()
    for pool in imports.map(\.pool) {
      for file in pool.files { set += Wire.bytes(1, file.serialized) }
    }
    return set
  }

  static func types(named name: String = "echo") throws -> ServiceTypes {
    ServiceTypes(
      name: name, hash: name, pool: try DescriptorPool(fileDescriptorSet: set()),
      protoServices: ["test.everything.v1.EchoService"])
  }

  private static let imports = [
    ProtoFile_google__api__annotations.file, ProtoFile_google__protobuf__any.file,
    ProtoFile_google__protobuf__duration.file, ProtoFile_google__protobuf__field_mask.file,
    ProtoFile_google__protobuf__struct.file, ProtoFile_google__protobuf__timestamp.file,
    ProtoFile_google__protobuf__wrappers.file,
  ]

  private static func decoded() throws -> [UInt8] {
    struct NotBase64: Error {}
    let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    var bytes: [UInt8] = []
    var bits = 0
    var held = 0
    for letter in base64.utf8 where letter != UInt8(ascii: "=") {
      guard let value = letters.firstIndex(of: letter) else { throw NotBase64() }
      bits = (bits << 6 | value) & 0xFFFF
      held += 6
      if held >= 8 {
        held -= 8
        bytes.append(UInt8(truncatingIfNeeded: bits >> held))
      }
    }
    return bytes
  }
}
