import WeftProtobuf
import WeftRegistry

/// Tokens and policies as the API shows them.
enum AccessView {
  /// - Parameter secret: the token's secret, where it is known: only its hash is kept.
  static func write(_ token: AccessToken, secret: String?, _ registry: Registry, to output: inout JSONOutput)
  {
    output.beginObject()
    output.field("AccessorID", token.accessor)
    if let secret { output.field("SecretID", secret) }
    output.field("Description", token.description)
    if !token.policies.isEmpty {
      output.key("Policies")
      output.array(token.policies) { output, id in
        output.beginObject()
        output.field("ID", id)
        output.field("Name", registry.policy(id: id)?.name ?? "")
        output.endObject()
      }
    }
    let here = [registry.datacenter]
    let services =
      token.services.map { IdentityElsewhere(name: $0, datacenters: here) } + (token.servicesElsewhere ?? [])
    if !services.isEmpty {
      output.key("ServiceIdentities")
      output.array(services) { output, identity in
        output.beginObject()
        output.field("ServiceName", identity.name)
        output.field("Datacenters", identity.datacenters)
        output.endObject()
      }
    }
    let nodes =
      token.nodes.map { IdentityElsewhere(name: $0, datacenters: here) } + (token.nodesElsewhere ?? [])
    if !nodes.isEmpty {
      output.key("NodeIdentities")
      output.array(nodes) { output, identity in
        output.beginObject()
        output.field("NodeName", identity.name)
        output.field("Datacenter", identity.datacenters.first ?? "")
        output.endObject()
      }
    }
    output.field("Local", token.isLocal ?? false)
    if let end = token.expiresAt { output.field("ExpirationTime", UTCTime(milliseconds: end).secondsText) }
    output.field("CreateTime", UTCTime(milliseconds: token.createdAt).secondsText)
    output.field("Hash", ContentHash.of(Array("\(token.description)\u{0}\(token.policies)".utf8)))
    output.field("CreateIndex", token.createdRevision)
    output.field("ModifyIndex", token.modifiedRevision)
    output.endObject()
  }

  /// - Parameter hasRules: lists leave the rules out.
  static func write(_ policy: AccessPolicy, hasRules: Bool, to output: inout JSONOutput) {
    output.beginObject()
    output.field("ID", policy.id)
    output.field("Name", policy.name)
    output.field("Description", policy.description)
    if hasRules { output.field("Rules", policy.rules) } else { output.field("Datacenters", [String]()) }
    output.field("Hash", ContentHash.of(Array("\(policy.description)\u{0}\(policy.rules)".utf8)))
    output.field("CreateIndex", policy.createdRevision)
    output.field("ModifyIndex", policy.modifiedRevision)
    output.endObject()
  }
}
