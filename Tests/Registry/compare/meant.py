"""Where Weft answers otherwise than Consul 1.8.7, and why. Everything else that differs fails the test."""

import dataclasses
from collections.abc import Callable

from .differ import MISSING


def anything(consul, weft):
    return True


@dataclasses.dataclass(frozen=True)
class Meant:
    reason: str
    # Patterns, in which * stands for anything.
    path: str = "*"
    label: str = "*"
    scenario: str = "*"
    # What Consul and Weft may answer there.
    allows: Callable = anything


def null_is_empty(consul, weft):
    return consul is None and weft in ({}, [])


def own_words(consul, weft):
    return isinstance(consul, str) and isinstance(weft, str) and consul and weft


def callers_mistake(consul, weft):
    return consul == 500 and weft in (400, 403, 404, 409, 413)


def filled_in(consul, weft):
    return consul == "" and isinstance(weft, str) and weft


def left_out(consul, weft):
    return weft is MISSING


def added(consul, weft):
    return consul is MISSING


MEANT = (
    # Everywhere.
    Meant("an empty list or map is [] or {}, never null: clients that iterate need no special case",
          allows=null_is_empty),
    Meant("every service has an address: where Consul leaves it empty it stands for the node's", "*Service.Address",
          allows=filled_in),
    Meant("likewise, in the catalogue's spelling", "*ServiceAddress", allows=filled_in),
    Meant("likewise, in a node's services", "body.Services*.Address", allows=filled_in),
    Meant("errors are told in our own words, which name the field or the byte that is wrong", "body", allows=own_words),
    Meant("what the caller did wrong is 400, 403, 404 or 413; Consul says 500, which makes clients try again", "status",
          allows=callers_mistake),
    Meant("a filter or datacenter that is refused was not looked up at any index", "headers.x-consul-*",
          "GET /v1/catalog/nodes?dc=elsewhere", allows=left_out),
    Meant("likewise", "headers.x-consul-*", "GET *filter=*", allows=left_out),

    # The agent.
    Meant("checks are told in one form everywhere; Consul's agent/health tells them in another, with all zeros",
          "*.Definition.*", "GET /v1/agent/health/*", allows=left_out),
    Meant("likewise: the kind of a check is told", "*.Type", "GET /v1/agent/health/*", allows=filled_in),
    Meant("services tell their datacenter, as those of Consul 1.9 and later do", "*Datacenter", "GET /v1/agent/*",
          allows=added),
    Meant("snake_case bodies are taken for checks too, not only for services", scenario="agent: bodies in other spellings",
          label="PUT /v1/agent/service/register #2"),
    Meant("so the service that Consul refuses is there", "body.snake-*", scenario="agent: bodies in other spellings",
          allows=added),
    Meant("no service mesh: a service of another kind is refused rather than kept and not served",
          label="PUT /v1/agent/service/register #16", scenario="agent: refused registrations"),
    Meant("so it is not there", "body.bad", "GET /v1/agent/services", "agent: refused registrations", left_out),
    Meant("clients read whether 'xDS' is there", "body.xDS", "GET /v1/agent/self", allows=added),
    Meant("one registry for all networks: it is its own only member in the wide area too",
          label="GET /v1/agent/members?wan=1"),
    Meant("no report of the machine's hardware", label="GET /v1/agent/host"),
    Meant("no agents that hold tokens", label="PUT /v1/agent/token/default"),
    Meant("no service mesh and so no certificate authority of it", label="GET /v1/agent/connect/ca/roots"),
    Meant("an output is cut at 4096 bytes, without a note that it was", "body.service:beat-1.Output",
          "GET /v1/agent/checks #3", "agent: TTL checks"),

    # The catalogue and health.
    Meant("a check's status is one of three also when it comes from outside", scenario="catalog: refused",
          label="PUT /v1/catalog/register #7"),
    Meant("`stale=false` is false", "headers.x-consul-effective-consistency", "GET /v1/health/service/cons?stale=false"),
    Meant("a blocking query for a node wakes up when the node goes; Consul's sleeps on", "waited",
          "GET /v1/catalog/node/s2?index={index}&wait=5s"),

    # Events and operations.
    Meant("the registry is every node's agent: its list has the events for other nodes and services too",
          "body*", "GET /v1/event/list?name=deploy #2", "event", added),
    Meant("no page of Consul's and so none of its private endpoints", label="GET /v1/internal/ui/nodes"),
    Meant("how consistent a read is is told everywhere", "headers.x-consul-effective-consistency",
          "GET /v1/config/service-defaults", allows=added),

    Meant("which server answered is told of reads that servers share out alone", "headers.x-consul-effective-consistency",
          "GET /v1/*connect/nobody", allows=left_out),
    Meant("likewise", "headers.x-consul-effective-consistency", "GET /v1/query", allows=left_out),

    # Keys, sessions and transactions.
    Meant("a plain PUT keeps LockIndex, as Consul's documentation says", "*LockIndex", scenario="session: locks"),
    Meant("`recurse=false` is false", "body*", "GET /v1/kv/p/?recurse=false", allows=left_out),
    Meant("what is no UUID is the ID of no session", label="*/v1/session/*/no-uuid"),
    Meant("snake_case is taken everywhere", "*LockDelay", "GET /v1/session/info/{session} #4"),
    Meant("an empty list of checks means the usual one, the node's", "*.NodeChecks[0]",
          "GET /v1/session/info/{session} #3", allows=added),
    Meant("checks of services are told apart, as later Consuls do", "*Checks", scenario="session: of a check"),
    Meant("errors of transactions are told in our own words", "body.Errors*.What", allows=own_words),
    Meant("a transaction that only reads has the same form of answer when it is refused", scenario="txn: refused",
          label="PUT /v1/txn #5", allows=added),
    Meant("likewise", label="PUT /v1/txn #2", scenario="access: keys, sessions and transactions", allows=added),

    # Access.
    Meant("what is refused was not looked up at any index", "headers.x-consul-*", "GET /v1/acl/*", "access: *", left_out),
    Meant("the anonymous token has another place in the list", "body*", "GET /v1/acl/tokens", "access: tokens"),
    Meant("a policy that is not there is not found, as in later Consuls", "status", "GET /v1/acl/policy/*", "access: *",
          lambda consul, weft: (consul, weft) == (403, 404)),
    Meant("a service identity tells where it holds", "*.Datacenters", "PUT /v1/acl/token #4", "access: tokens", added),
    Meant("only the hash of a secret is kept", "*SecretID", scenario="access: *"),
    Meant("the reserved token has Weft's words", "*Description", scenario="access: tokens"),
)
