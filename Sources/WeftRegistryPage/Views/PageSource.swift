/// Where the page gets what it shows.
///
/// What a visitor may not see is left out of lists, and is a ``PageProblem`` with the status 403 alone.
public protocol PageSource: Sendable {
  func about(_ visitor: PageVisitor) throws(PageProblem) -> PageAbout

  /// A view as it is now, from memory.
  func content(of view: PageView, for visitor: PageVisitor) throws(PageProblem) -> PageContent

  /// Waits until a view may have changed since its content had this index: returns at once when it has, and after the
  /// timeout or a cancellation in any case.
  ///
  /// - Returns: false when the registry shuts down and there is nothing more to wait for.
  func wait(for view: PageView, after index: UInt64, timeout: Duration) async -> Bool

  /// Stores a value, if the key was last changed at this index; 0 if it is not there.
  func put(_ key: String, _ value: [UInt8], at index: UInt64, for visitor: PageVisitor)
    async throws(PageProblem)

  /// Removes a key, if it was last changed at this index.
  func delete(_ key: String, at index: UInt64, for visitor: PageVisitor) async throws(PageProblem)
}

/// Who looks.
public struct PageVisitor: Sendable, Hashable {
  /// The secret of an access token, as it was sent.
  public var token: String?
  /// Address and port.
  public var address: String
  /// Names in the visitor's certificate; nil without TLS.
  public var identities: [String]?

  public init(token: String?, address: String, identities: [String]? = nil) {
    self.token = token
    self.address = address
    self.identities = identities
  }
}

/// Why the registry does not do what the page asked.
public struct PageProblem: Error, Sendable, Hashable {
  /// Of HTTP.
  public var status: Int
  public var message: String

  public init(status: Int, _ message: String) {
    self.status = status
    self.message = message
  }
}
