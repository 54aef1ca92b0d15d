/// The fields that one kind of object in a body may have, in any of their spellings.
///
/// A misspelt field that is ignored is a check or a tag that is not there, and nobody was told.
struct BodyFields: Sendable {
  private let names: Set<String>

  /// - Parameter names: with blanks between them.
  init(_ names: String) {
    self.names = Set(names.split(separator: " ").map { BodyObject.canonical(String($0)) })
  }

  func contains(_ name: String) -> Bool { names.contains(BodyObject.canonical(name)) }
}

extension BodyFields {
  /// Of `/v1/agent/service/register`.
  static let agentService = BodyFields(
    "Kind ID Name Tags Address TaggedAddresses Meta Port Weights EnableTagOverride Check Checks Token Proxy Connect Namespace"
  )
  /// Of `Service` in `/v1/catalog/register` and in transactions.
  static let service = BodyFields(
    "Kind ID Service Tags Address TaggedAddresses Meta Port Weights EnableTagOverride Proxy Connect Namespace ContentHash CreateIndex ModifyIndex"
  )
  static let weights = BodyFields("Passing Warning")
  static let address = BodyFields("Address Port")
  /// Of `/v1/agent/check/register`, and of `Check` in a service's registration.
  static let agentCheck = BodyFields(
    "ID CheckID Name Status Notes ServiceID Token Namespace Script ScriptArgs Args DockerContainerID Shell HTTP Header Method Body TCP GRPC GRPCUseTLS TLSSkipVerify TTL Interval Timeout AliasNode AliasService SuccessBeforePassing FailuresBeforeWarning FailuresBeforeCritical DeregisterCriticalServiceAfter OutputMaxSize ProxyHTTP ProxyGRPC"
  )
  static let checkUpdate = BodyFields("Status Output")
  static let registration = BodyFields(
    "ID Node Address TaggedAddresses NodeMeta Datacenter Service Check Checks SkipNodeUpdate Token Namespace")
  static let deregistration = BodyFields("Node ServiceID CheckID Datacenter Address Token Namespace")
  /// Of `Check` in `/v1/catalog/register` and in transactions.
  static let check = BodyFields(
    "Node CheckID Name Status Notes Output ServiceID ServiceName ServiceTags Type Definition Namespace CreateIndex ModifyIndex"
  )
  static let operation = BodyFields("KV Node Service Check Session")
  static let keyOperation = BodyFields("Verb Key Value Flags Index Session Namespace")
  static let nodeOperation = BodyFields("Verb Node")
  static let node = BodyFields("ID Node Address Datacenter TaggedAddresses Meta CreateIndex ModifyIndex")
  static let serviceOperation = BodyFields("Verb Node Service")
  static let checkOperation = BodyFields("Verb Check")
  static let token = BodyFields(
    "AccessorID SecretID Description Policies Roles TemplatedPolicies ServiceIdentities NodeIdentities Rules Local AuthMethod ExpirationTime ExpirationTTL CreateTime Hash Namespace CreateIndex ModifyIndex"
  )
  static let policy = BodyFields(
    "ID Name Description Rules Datacenters Hash Namespace CreateIndex ModifyIndex")
}
