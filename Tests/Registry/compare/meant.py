"""Where Weft answers otherwise than Consul 1.8.7, and why. Everything else that differs fails the test; so does an
entry here that nothing differs by any more."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Meant:
    reason: str
    # Patterns, in which * stands for anything.
    path: str = "*"
    label: str = "*"
    scenario: str = "*"


# What a request got wrong is the client's to mend: 400, 403 or 404 where Consul says 500, which clients repeat.
CLIENT_ERRORS = "what the request got wrong is 4xx, not 500"
WORDS = "the error names the field, and what is wanted there"
NO_NULL = "empty lists and maps are [] and {}, not null"
ADDRESS = "every service has an address where it is looked up: its node's, when it gave none"
NO_MESH = "there is no service mesh"
NOT_KNOWN_LEADER = "an error is told without an index"

MEANT = (
    # Empty is not null.
    Meant(NO_NULL, path="*TaggedAddresses"), Meant(NO_NULL, path="*Meta"), Meant(NO_NULL, path="*ServiceTags"),
    Meant(NO_NULL, path="*ServiceChecks"), Meant(NO_NULL, path="*Tags"), Meant(NO_NULL, path="*Datacenters"),
    Meant(NO_NULL, path="body.Checks", label="GET /v1/agent/health/service/id/nobody"),
    Meant(NO_NULL, path="body.Services"),
    Meant(ADDRESS, path="*ServiceAddress"), Meant(ADDRESS, path="*Service.Address"), Meant(ADDRESS, path="body.Services*.Address"),
    # Errors.
    Meant(CLIENT_ERRORS, path="status", label="*filter=*"), Meant(WORDS, path="body", label="*filter=*"),
    Meant(NOT_KNOWN_LEADER, path="headers.x-consul-*", label="*filter=*"),
    Meant(NOT_KNOWN_LEADER, path="headers.x-consul-*", label="*dc=elsewhere*"),
    Meant(CLIENT_ERRORS, path="status", scenario="catalog: refused"), Meant(WORDS, path="body", scenario="catalog: refused"),
    Meant(WORDS, path="body", scenario="agent: refused registrations"),
    Meant(CLIENT_ERRORS, path="status", label="PUT /v1/agent/service/deregister/"),
    Meant(CLIENT_ERRORS, path="status", label="PUT /v1/agent/check/*/nobody"),
    Meant("it says what was likely meant", path="body", label="PUT /v1/agent/check/*/nobody"),
    Meant(CLIENT_ERRORS, path="status", label="PUT /v1/agent/check/register*"),
    Meant(CLIENT_ERRORS, path="status", label="PUT /v1/agent/force-leave/nobody"),
    Meant(CLIENT_ERRORS, path="status", label="*flags=*"), Meant(WORDS, path="body", label="*flags=*"),
    Meant(CLIENT_ERRORS, path="status", label="*cas=*"), Meant(WORDS, path="body", label="*cas=*"),
    Meant(CLIENT_ERRORS, path="status", label="*?acquire=*"), Meant(WORDS, path="body", label="*?acquire=*"),
    Meant(CLIENT_ERRORS, path="status", label="PUT /v1/session/create*"),
    Meant(WORDS, path="body", label="PUT /v1/session/create*"),
    Meant("what is no UUID is the ID of no session", label="*/v1/session/*/no-uuid"),
    Meant("less to explain", path="body", label="PUT /v1/kv/too-large"),
    Meant(CLIENT_ERRORS, path="status", label="PUT /v1/event/fire/deploy?service=*"),
    Meant(WORDS, path="body", label="PUT /v1/event/fire/deploy?service=*"),
    Meant(CLIENT_ERRORS, path="status", label="PUT /v1/acl/*"), Meant(WORDS, path="body", label="PUT /v1/acl/*"),
    Meant(CLIENT_ERRORS, path="status", label="DELETE /v1/acl/policy/00000000-0000-0000-0000-000000000001"),
    Meant(WORDS, path="body", label="DELETE /v1/acl/policy/00000000-0000-0000-0000-000000000001"),
    Meant("what is no UUID is the ID of no token", label="GET /v1/acl/token/no-uuid"),
    Meant(WORDS, path="body", label="PUT /v1/txn*"),
    Meant(WORDS, path="*.What", label="PUT /v1/txn*"),
    # The agent.
    Meant("newer clients look for xDS", path="body.xDS", label="GET /v1/agent/self"),
    Meant("the pool across datacenters has this one", path="body", label="GET /v1/agent/members?wan=1"),
    Meant("the machine is not told of", label="GET /v1/agent/host"),
    Meant("the kind of a check is known here too", path="*.Type", label="GET /v1/agent/health/*"),
    Meant("snake_case is taken everywhere", label="PUT /v1/agent/service/register #2", scenario="agent: bodies in other spellings"),
    Meant("snake_case is taken everywhere", path="body.snake-*", scenario="agent: bodies in other spellings"),
    Meant("snake_case is taken everywhere", path="*LockDelay", label="GET /v1/session/info/{session} #4"),
    Meant(NO_MESH, label="PUT /v1/agent/service/register #16"), Meant(NO_MESH, path="body.bad", label="GET /v1/agent/services"),
    Meant(NO_MESH, label="GET /v1/agent/connect/ca/roots"),
    Meant("the note counts as part of the 4 096 bytes", path="body.service:beat-1.Output", label="GET /v1/agent/checks*"),
    Meant("a registry of one node joins nobody", label="PUT /v1/agent/join/*"),
    Meant(WORDS, path="body", label="PUT /v1/agent/check/*"),
    # Reads.
    Meant("false unsets a flag", label="*=false"),
    Meant("instances are sorted by their IDs; Consul shuffles them", label="GET /v1/health/service/many?passing*"),
    Meant("the instances of the node come first", label="*near=n2"),
    Meant("answers are not compressed", path="headers.content-encoding", label="GET /v1/health/service/cons*"),
    Meant("answers are not compressed", path="body", label="GET /v1/health/service/cons*"),
    Meant("who waits for a node hears that it went", path="waited", label="GET /v1/catalog/node/s2*"),
    # Locks.
    Meant("a plain PUT keeps LockIndex, as Consul's documentation says", path="*LockIndex", scenario="session: locks"),
    # Access.
    Meant("only the hash of a secret is kept", path="*SecretID", scenario="access: *"),
    Meant("the reserved token has Weft's words", path="*Description", scenario="access: tokens"),
)
