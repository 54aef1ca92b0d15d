import Testing

@testable import WeftConsul

@Suite struct AgentTests {
  @Test func aRegisteredServiceIsEverywhere() async throws {
    let api = try await LiveAPI.start()
    let reply = try await api.put(
      "/v1/agent/service/register",
      #"{"Name":"web","ID":"web-1","Tags":["a"],"Port":80,"Address":"10.0.0.1","Meta":{"v":"1"},"Check":{"TTL":"1h"}}"#
    )
    #expect(reply.status == 200)
    #expect(try await api.get("/v1/agent/services").string("web-1.Service") == "web")
    #expect(try await api.get("/v1/agent/checks").string("service:web-1.Status") == "critical")
    #expect(try await api.get("/v1/catalog/service/web").string("0.ServiceAddress") == "10.0.0.1")
    #expect(try await api.get("/v1/health/service/web").string("0.Service.Meta.v") == "1")
    #expect(try await api.get("/v1/health/service/web?passing").text == "[]")
    try await api.put("/v1/agent/check/pass/service:web-1?note=fine")
    #expect(try await api.get("/v1/health/service/web?passing").count() == 1)
    #expect(try await api.get("/v1/agent/checks").string("service:web-1.Output") == "fine")
    #expect(try await api.get("/v1/agent/health/service/id/web-1").status == 200)
    try await api.put("/v1/agent/service/deregister/web-1")
    #expect(try await api.get("/v1/catalog/service/web").text == "[]")
    #expect(try await api.get("/v1/agent/checks").text == "{}")
  }

  @Test(arguments: [
    #"{"name":"s","id":"s-1","enable_tag_override":true,"check":{"check_id":"c","ttl":"10s"}}"#,
    #"{"Name":"s","ID":"s-1","EnableTagOverride":true,"Check":{"CheckID":"c","TTL":"10s"}}"#,
    #"{"NAME":"s","Id":"s-1","enabletagoverride":true,"checks":[{"CHECK_ID":"c","Ttl":10000000000}]}"#,
  ])
  func registrationsMayBeSpelledInEveryWay(body: String) async throws {
    let api = try await LiveAPI.start()
    #expect(try await api.put("/v1/agent/service/register", body).status == 200)
    #expect(try await api.get("/v1/agent/services").value("s-1.EnableTagOverride") == .bool(true))
    #expect(try await api.get("/v1/agent/checks").string("c.Type") == "ttl")
  }

  @Test func everyServiceHasAnAddressWhereItIsLookedUp() async throws {
    let api = try await LiveAPI.start()
    try await api.put("/v1/agent/service/register", #"{"Name":"bare"}"#)
    #expect(try await api.get("/v1/catalog/service/bare").string("0.ServiceAddress") == "127.0.0.1")
    #expect(try await api.get("/v1/health/service/bare").string("0.Service.Address") == "127.0.0.1")
  }

  @Test func anIDMovesToTheServiceThatItIsRegisteredUnder() async throws {
    let api = try await LiveAPI.start()
    try await api.put("/v1/agent/service/register", #"{"Name":"old","ID":"x"}"#)
    try await api.put("/v1/agent/service/register", #"{"Name":"new","ID":"x"}"#)
    #expect(try await api.get("/v1/catalog/service/old").text == "[]")
    #expect(try await api.get("/v1/catalog/service/new").count() == 1)
  }

  @Test(arguments: ["SuccessBeforePassing", "FailuresBeforeCritical", "FailuresBeforeWarning"])
  func numbersAsLargeAsTheyGetAreNoHarm(field: String) async throws {
    let api = try await LiveAPI.start()
    for number in [Int.max, .min, 1_000] {
      let body = #"{"Name":"n","TTL":"10s","\#(field)":\#(number)}"#
      let reply = try await api.put("/v1/agent/check/register", body)
      #expect(reply.status == (number < 0 ? 200 : 400))
    }
  }

  @Test func anUnknownCheckIsNotFound() async throws {
    let api = try await LiveAPI.start()
    for verb in ["pass", "warn", "fail"] {
      #expect(try await api.put("/v1/agent/check/\(verb)/nobody").status == 404)
    }
    #expect(try await api.put("/v1/agent/check/update/nobody", #"{"Status":"passing"}"#).status == 404)
  }

  @Test func aCheckThatIsNotTTLCannotBeUpdated() async throws {
    let api = try await LiveAPI.start()
    try await api.put(
      "/v1/agent/check/register", #"{"ID":"t","Name":"t","TCP":"127.0.0.1:1","Interval":"1h"}"#)
    #expect(try await api.put("/v1/agent/check/pass/t").status == 400)
  }

  @Test(arguments: [
    (#"{}"#, "Missing service name"), (#"{"Name":"bad","Address":"0.0.0.0"}"#, "Invalid service address"),
    (
      #"{"Name":"bad","Check":{"TTL":"10s","Interval":"10s"}}"#,
      "Invalid check: Interval and TTL cannot both be specified"
    ),
    (
      #"{"Name":"bad","Check":{"HTTP":"http://127.0.0.1/"}}"#,
      "Invalid check: Interval must be > 0 for Script, HTTP, or TCP checks"
    ),
    (#"{"Name":"bad","Check":{"Name":"x"}}"#, "Invalid check: TTL must be > 0 for TTL checks"),
    (
      #"{"Name":"bad","Check":{"TTL":"1s","Status":"fine"}}"#,
      "Status for checks must 'passing', 'warning', 'critical'"
    ),
    (#"{"Name":"bad","Weights":{"Passing":-1}}"#, "Invalid Weights: Passing must be greater than 0"),
    (
      #"{"Name":"bad","Meta":{"a b":"v"}}"#,
      "Invalid Service Meta: Couldn't load metadata pair ('a b', 'v'): Key contains invalid characters"
    ),
    (#"{"Name":"bad","Port":"eighty"}"#, "Request decode failed: Port: a number is wanted, not a string"),
    (#""#, "Request decode failed: EOF"),
    (#"{"Name":"bad","Port":70000}"#, "Invalid service port: 70000"),
  ])
  func badRegistrationsAreRefusedInConsulsWords(body: String, message: String) async throws {
    let api = try await LiveAPI.start()
    let reply = try await api.put("/v1/agent/service/register", body)
    #expect(reply.status == 400)
    #expect(reply.text == message)
  }

  @Test func checksOfUnknownServicesAreRefused() async throws {
    let api = try await LiveAPI.start()
    let reply = try await api.put(
      "/v1/agent/check/register", #"{"Name":"x","TTL":"1s","ServiceID":"nobody"}"#)
    #expect(reply.status == 400)
    #expect(reply.text == "ServiceID \"nobody\" does not exist")
    #expect(try await api.put("/v1/agent/force-leave/nobody").status == 400)
  }

  @Test func scriptChecksAreRefused() async throws {
    let api = try await LiveAPI.start()
    let reply = try await api.put(
      "/v1/agent/check/register", #"{"Name":"x","Args":["/bin/true"],"Interval":"10s"}"#)
    #expect(reply.status == 400)
    #expect(reply.text.contains("Scripts are disabled"))
  }

  @Test func maintenanceIsACriticalCheckWithItsReason() async throws {
    let api = try await LiveAPI.start()
    try await api.put("/v1/agent/service/register", #"{"Name":"web"}"#)
    try await api.put("/v1/agent/service/maintenance/web?enable=true&reason=new%20disk")
    let checks = try await api.get("/v1/agent/checks")
    #expect(try checks.string("_service_maintenance:web.Notes") == "new disk")
    #expect(try await api.get("/v1/health/service/web?passing").text == "[]")
    let health = try await api.get("/v1/agent/health/service/id/web")
    #expect(health.status == 503)
    #expect(try health.string("AggregatedStatus") == "maintenance")
    try await api.put("/v1/agent/service/maintenance/web?enable=false")
    #expect(try await api.get("/v1/health/service/web?passing").count() == 1)
    try await api.put("/v1/agent/maintenance?enable=true&reason=night")
    #expect(try await api.get("/v1/health/service/web?passing").text == "[]")
    try await api.put("/v1/agent/maintenance?enable=false")
    #expect(try await api.get("/v1/agent/checks").text == "{}")
  }

  @Test func methodsAndPathsThatAreNotThere() async throws {
    let api = try await LiveAPI.start()
    let reply = try await api.get("/v1/agent/service/register")
    #expect(reply.status == 405)
    #expect(reply.fields["allow"] == "OPTIONS,PUT")
    #expect(try await api.ask("OPTIONS", "/v1/agent/services").fields["allow"] == "OPTIONS,GET")
    #expect(try await api.get("/v1/unheard/of").status == 404)
    #expect(try await api.get("/v1/agent").status == 404)
  }

  @Test func theAgentTellsAboutItself() async throws {
    let api = try await LiveAPI.start()
    let about = try await api.get("/v1/agent/self")
    let leader = try await api.get("/v1/status/leader").string("")
    #expect(try about.string("Config.Datacenter") == "dc1")
    #expect(try about.string("Stats.consul.leader_addr") == leader)
    #expect(try await api.get("/v1/agent/members").string("0.Name") == about.string("Config.NodeName"))
  }

  @Test(arguments: [
    "/v1/health/service/web", "/v1/health/checks/web", "/v1/health/state/passing", "/v1/health/node/weft",
  ])
  func whatACheckSaysIsToldAtOnceAlsoWhenItsStatusStays(target: String) async throws {
    let api = try await LiveAPI.start()
    try await api.put(
      "/v1/agent/service/register", #"{"Name":"web","Check":{"TTL":"1h","Status":"passing"}}"#)
    for note in ["first", "second", "third"] {
      try await api.put("/v1/agent/check/pass/service:web?note=\(note)")
      #expect(try await api.get(target).text.contains("\"\(note)\""))
    }
  }

  @Test func whatANodesCheckSaysIsToldWithItsServices() async throws {
    let api = try await LiveAPI.start()
    try await api.put("/v1/agent/service/register", #"{"Name":"web"}"#)
    try await api.put("/v1/agent/check/register", #"{"Name":"disk","TTL":"1h","Status":"passing"}"#)
    for note in ["first", "second"] {
      try await api.put("/v1/agent/check/pass/disk?note=\(note)")
      #expect(try await api.get("/v1/health/service/web").text.contains("\"\(note)\""))
    }
  }
}
