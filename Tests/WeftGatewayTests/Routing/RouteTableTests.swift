import Testing
import WeftProtobuf

@testable import WeftGateway

@Suite("The route table")
struct RouteTableTests {
  private func file(_ package: String, _ rules: HTTPRule...) -> TestFile {
    var file = TestFile(package: package)
    file.messages = [
      ("Request", [TestFile.Field(name: "id", type: .string)]), ("Response", []),
    ]
    file.methods = [TestFile.Method(name: "Get", rules: rules)]
    return file
  }

  private func service(_ table: RouteTable, _ verb: String, _ path: String) throws -> String? {
    guard case .found(let route, _) = table.match(try RequestPath(path), method: verb) else { return nil }
    return route.service
  }

  @Test("routes every binding, and every method by its full name")
  func bindings() throws {
    let types = try file(
      "shop", HTTPRule(verb: "GET", path: "/v1/{id}"), HTTPRule(verb: "POST", path: "/v1:get", body: "*"),
      HTTPRule(verb: "REPORT", path: "/v1/report")
    ).types(named: "shop")
    let table = RouteTableBuilder.build(services: [types])
    #expect(table.problems.isEmpty)
    #expect(
      table.routes.map(\.key.description) == [
        "POST /shop.Test/Get", "REPORT /v1/report", "GET /v1/*", "POST /v1:get",
      ])
    #expect(try service(table, "GET", "/v1/x") == "shop")
    #expect(try service(table, "POST", "/shop.Test/Get") == "shop")
  }

  @Test("gives a contested route to the name that sorts first, and reports the other")
  func newcomers() throws {
    let first = try file("a", HTTPRule(verb: "GET", path: "/v1/{id}")).types(named: "a")
    let second = try file("b", HTTPRule(verb: "GET", path: "/v1/{id=*}")).types(named: "b")
    for services in [[first, second], [second, first]] {
      let table = RouteTableBuilder.build(services: services)
      #expect(try service(table, "GET", "/v1/x") == "a")
      #expect(try service(table, "POST", "/b.Test/Get") == "b")
      let problem = try #require(table.problems.first)
      #expect(problem.kind == .conflict && problem.service == "b")
      #expect(problem.reason.contains("a.Test.Get of service \"a\""))
    }
  }

  @Test("leaves a route with the service that has it already")
  func owners() throws {
    let old = try file("b", HTTPRule(verb: "GET", path: "/v1/{id}")).types(named: "b")
    let newcomer = try file("a", HTTPRule(verb: "GET", path: "/v1/{id}")).types(named: "a")
    let before = RouteTableBuilder.build(services: [old])
    let after = RouteTableBuilder.build(services: [newcomer, old], previous: before)
    #expect(try service(after, "GET", "/v1/x") == "b")
    #expect(after.problems.map(\.service) == ["a"])
    // Once the owner has gone, the route is free.
    let last = RouteTableBuilder.build(services: [newcomer], previous: after)
    #expect(try service(last, "GET", "/v1/x") == "a")
  }

  @Test("gives a contested route to the service that has been registered for longest, whatever its name")
  func oldest() throws {
    let rule = HTTPRule(verb: "GET", path: "/v1/{id}")
    let old = try file("b", rule).types(named: "config", since: 3)
    let newcomer = try file("a", rule).types(named: "aaa", since: 9)
    for services in [[old, newcomer], [newcomer, old]] {
      let table = RouteTableBuilder.build(services: services)
      #expect(try service(table, "GET", "/v1/x") == "config")
      #expect(try service(table, "POST", "/a.Test/Get") == "aaa")
      #expect(table.problems.map(\.service) == ["aaa"])
    }
  }

  @Test("leaves a protobuf service with the older name whole, also what only the other would route")
  func oldestProtoService() throws {
    let old = try file("shop").types(named: "shop", since: 3)
    let impostor = try file("shop", HTTPRule(verb: "GET", path: "/v1/extra")).types(named: "aaa", since: 9)
    let table = RouteTableBuilder.build(services: [impostor, old])
    #expect(table.routes.map(\.service) == ["shop"])
    let problem = try #require(table.problems.first)
    #expect(problem.kind == .conflict && problem.service == "aaa" && problem.subject == "shop.Test")
    #expect(problem.reason == #"the protobuf service belongs to service "shop""#)
  }

  @Test("joins the sets of one service, and believes the newer where they differ")
  func severalSets() throws {
    var types = try file("shop", HTTPRule(verb: "GET", path: "/v1/{id}")).types(named: "shop")
    let old = try file(
      "shop", HTTPRule(verb: "GET", path: "/v1/{id}"), HTTPRule(verb: "GET", path: "/v1:old")
    ).types(named: "shop")
    types.older = [old]
    let table = RouteTableBuilder.build(services: [types])
    #expect(table.problems.isEmpty)
    #expect(
      table.routes.map(\.key.description) == ["POST /shop.Test/Get", "GET /v1/*", "GET /v1:old"])
    #expect(table.routes.map { $0.pool === types.pool } == [true, true, false])
  }

  @Test("keeps one proto service that two registered services claim with its owner")
  func sameProtoService() throws {
    let table = RouteTableBuilder.build(services: [
      try file("shop").types(named: "shop"), try file("shop").types(named: "impostor"),
    ])
    #expect(try service(table, "POST", "/shop.Test/Get") == "impostor")
    let before = RouteTableBuilder.build(services: [try file("shop").types(named: "shop")])
    let after = RouteTableBuilder.build(
      services: [
        try file("shop").types(named: "shop"), try file("shop").types(named: "impostor"),
      ], previous: before)
    #expect(try service(after, "POST", "/shop.Test/Get") == "shop")
  }

  @Test("does not give away the gateway's own paths", arguments: ["/health", "/api/v1/ai", "/{id=metrics}"])
  func reserved(path: String) throws {
    let types = try file("shop", HTTPRule(verb: "POST", path: path, body: "*")).types(named: "shop")
    let table = RouteTableBuilder.build(services: [types])
    #expect(table.problems.map(\.kind) == [.conflict])
    #expect(table.routes.count == 1)
  }

  @Test(
    "refuses annotations that make no sense, and routes the rest of the service",
    arguments: [
      (HTTPRule(verb: "GET", path: "/v1/{"), "field name"),
      (HTTPRule(verb: "GET", path: "/v1/{none}"), "no field \"none\""),
      (HTTPRule(verb: "GET", path: "/v1/{tags}"), "repeated"),
      (HTTPRule(verb: "GET", path: "/v1/{inner}"), "does not fit"),
      (HTTPRule(verb: "GET", path: "/v1/{id.x}"), "is no message"),
      (HTTPRule(verb: "GET", path: "/v1/{inners.id}"), "repeated"),
      (HTTPRule(verb: "PUT", path: "/v1", body: "none"), "no field \"none\""),
      (HTTPRule(verb: "PUT", path: "/v1/{inner.id}", body: "inner"), "binds \"inner\" too"),
      (HTTPRule(verb: "GET", path: "/v1", responseBody: "none"), "response_body"),
      (HTTPRule(verb: "get", path: "/v1"), "no HTTP method"),
      (HTTPRule(verb: "GET\r\nX: y", path: "/v1"), "no HTTP method"),
    ])
  func badRules(rule: HTTPRule, reason: String) throws {
    var file = TestFile()
    file.methods = [TestFile.Method(name: "Bad", rules: [rule]), TestFile.Method(name: "Good")]
    let table = RouteTableBuilder.build(services: [try file.types(named: "shop")])
    let problem = try #require(table.problems.first)
    #expect(problem.kind == .badRoute && problem.reason.contains(reason), "\(problem.reason)")
    #expect(table.routes.map(\.method.name) == ["Bad", "Good"])
  }

  @Test("hides what servers answer for the mesh itself")
  func infrastructure() throws {
    let health = try TestFile(
      package: "grpc.health.v1",
      messages: [("Request", []), ("Response", [])], methods: [TestFile.Method(name: "Check")]
    ).types(named: "shop")
    let registry = try TestFile(
      package: "weft.registry.v1",
      messages: [("Request", []), ("Response", [])], methods: [TestFile.Method(name: "Register")]
    ).types(named: "registry", protoServices: ["weft.registry.v1.Test"])
    #expect(RouteTableBuilder.build(services: [health, registry]).routes.isEmpty)
  }

  @Test("routes only what the instances claim, and reports what the set lacks")
  func claimed() throws {
    let types = try file("shop").types(named: "shop", protoServices: ["shop.Missing"])
    let table = RouteTableBuilder.build(services: [types])
    #expect(table.routes.isEmpty)
    #expect(table.problems.map(\.subject) == ["shop.Missing"])
  }

  @Test("bounds what it keeps of one service's problems")
  func manyProblems() throws {
    var file = TestFile()
    file.methods = (0..<200).map {
      TestFile.Method(name: "M\($0)", rules: [HTTPRule(verb: "GET", path: "/{none}")])
    }
    let table = RouteTableBuilder.build(services: [try file.types(named: "shop")])
    #expect(table.problems.count == RouteTableBuilder.maxProblemsPerService)
    #expect(table.routes.count == 200)
  }

  @Test("lists routes, actions and problems as JSON")
  func listing() throws {
    let types = try file("shop", HTTPRule(verb: "GET", path: "/{none}")).types(named: "shop")
    let table = RouteTableBuilder.build(services: [types], quarantined: ["bad": "x.proto: \"y\""])
    let listing = String(decoding: table.listing(), as: UTF8.self)
    #expect(
      listing.hasPrefix(
        #"{"routes":[{"verb":"POST","path":"/shop.Test/Get","service":"shop","method":"shop.Test.Get"}],"#
          + #""actions":{"shop":["get"]},"conflicts":[],"bad_routes":[{"service":"shop","subject":"shop.Test.Get""#
      ), "\(listing)")
    #expect(listing.hasSuffix(#""quarantined":[{"service":"bad","reason":"x.proto: \"y\""}]}"#), "\(listing)")
  }
}
