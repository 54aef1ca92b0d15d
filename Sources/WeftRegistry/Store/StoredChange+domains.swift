// Stand-ins: KeyValue/, Sessions/ and Access/ bring the real ones.

extension KeyValueChange {
  func stored() throws -> StoredChange { throw StoreError(.failed, "keys cannot be stored yet") }

  init(key: String, record: [UInt8]?, revision: UInt64) throws {
    throw StoreError(.unsupportedSchema, "has keys, which cannot be read yet")
  }
}

extension SessionChange {
  func stored() throws -> StoredChange { throw StoreError(.failed, "sessions cannot be stored yet") }

  init(key: String, record: [UInt8]?, revision: UInt64) throws {
    throw StoreError(.unsupportedSchema, "has sessions, which cannot be read yet")
  }
}

extension AccessChange {
  var cost: Int { 512 }

  func stored() throws -> StoredChange { throw StoreError(.failed, "tokens cannot be stored yet") }

  init(key: String, record: [UInt8]?, revision: UInt64) throws {
    throw StoreError(.unsupportedSchema, "has tokens, which cannot be read yet")
  }
}
