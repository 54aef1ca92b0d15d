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


def told(consul, weft):
    return consul in ("", MISSING) and isinstance(weft, str)


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
    Meant("the kind of a check is told everywhere; Consul's agent/health leaves it empty", "*.Type",
          "GET /v1/agent/health/*", allows=filled_in),
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
    Meant("what is not there is named; Consul's 404 is empty", scenario="agent: what else is asked of an agent",
          allows=told),
    Meant("no report of the machine's hardware", label="GET /v1/agent/host"),
    Meant("no service mesh and so no certificate authority of it", label="GET /v1/agent/connect/ca/roots"),
    Meant("an output is cut at 4096 bytes, the note that it was among them; Consul's comes on top",
          "body.service:beat-1.Output", "GET /v1/agent/checks #3", "agent: TTL checks"),

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

    # Keys, sessions and transactions.
    Meant("a plain PUT keeps LockIndex, as Consul's documentation says", "*LockIndex", scenario="session: locks"),
    Meant("`recurse=false` is false", "body*", "GET /v1/kv/p/?recurse=false", allows=left_out),
    Meant("what is refused was not looked up at any index", "headers.x-consul-*", "GET /v1/session/info/no-uuid",
          allows=left_out),
    Meant("snake_case is taken everywhere", "*LockDelay", "GET /v1/session/info/{session} #4"),
    Meant("checks of services that came as Checks are told as ServiceChecks too, where later Consuls have them",
          "*.ServiceChecks", "GET /v1/session/info/{session}", "session: of a check"),
    Meant("errors of transactions are told in our own words", "body.Errors*.What", allows=own_words),

    # Access.
    Meant("what is refused was not looked up at any index", "headers.x-consul-*", "GET /v1/acl/*", "access: *", left_out),
    Meant("a policy that is not there is not found, as in later Consuls", "status", "GET /v1/acl/policy/*", "access: *",
          lambda consul, weft: (consul, weft) == (403, 404)),
    Meant("a service identity tells where it holds", "*.Datacenters", "PUT /v1/acl/token #4", "access: tokens", added),
    Meant("only the hash of a secret is kept", "*SecretID", scenario="access: *"),
    Meant("the reserved token has Weft's words", "*Description", scenario="access: tokens"),
)
