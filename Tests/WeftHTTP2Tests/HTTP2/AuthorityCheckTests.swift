import Testing

@testable import WeftHTTP2

@Suite struct AuthorityCheckTests {
  private func isMalformed(_ authority: String, host: String? = nil, scheme: String = "http") -> Bool {
    var check = AuthorityCheck()
    var fields = HTTPFields()
    if let host { fields.add("host", host) }
    return check.isMalformed(
      HTTP2Head(method: "GET", scheme: scheme, authority: authority, path: "/", fields: fields))
  }

  @Test func hostMayRepeatTheAuthorityInItsOwnWay() {
    #expect(!isMalformed("a.example"))
    #expect(!isMalformed("a.example", host: "A.Example"))
    #expect(!isMalformed("a.example:80", host: "a.example"))
    #expect(!isMalformed("a.example", host: "a.example:443", scheme: "https"))
    #expect(!isMalformed("", host: "a.example"))
  }

  @Test func hostThatNamesAnotherIsMalformed() {
    #expect(isMalformed("a.example", host: "b.example"))
    #expect(isMalformed("a.example:80", host: "a.example", scheme: "https"))
    #expect(isMalformed("a.example", host: ""))
  }

  @Test func authorityNamesNoUser() {
    #expect(isMalformed("user@a.example"))
    #expect(isMalformed("user:secret@a.example"))
  }

  @Test func oneGoodRequestDoesNotVouchForTheNext() {
    var check = AuthorityCheck()
    var head = HTTP2Head(method: "GET", scheme: "http", authority: "a", path: "/")
    var answers = [check.isMalformed(head)]
    head.fields.add("host", "b")
    head.fieldsVersion = 1
    answers.append(check.isMalformed(head))
    answers.append(check.isMalformed(head))
    head.authority = "b"
    answers.append(check.isMalformed(head))
    #expect(answers == [false, true, true, false])
  }
}
