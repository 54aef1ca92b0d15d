"""Access control that is on, and denies what no rule allows. These are made of servers with that management token."""

from compare.language import delete, get, put, scenario

MANAGEMENT = "6c8bf6d2-6a46-4b6c-a1c1-0f6f8d5d2f11"
AS_MANAGER = {"X-Consul-Token": MANAGEMENT}
AS_HOLDER = {"X-Consul-Token": "{secret}"}
UNKNOWN = {"X-Consul-Token": "11111111-2222-3333-4444-555555555555"}

RULES = """
key_prefix "mine/" { policy = "write" }
key_prefix "shown/" { policy = "read" }
service "web" { policy = "write" }
service_prefix "see-" { policy = "read" }
session_prefix "" { policy = "write" }
event "deploy" { policy = "write" }
"""


def held(request):
    """The request made with the token that the scenario has created."""
    return request.__class__(**{**request.__dict__, "headers": AS_HOLDER})


def managed(request):
    return request.__class__(**{**request.__dict__, "headers": AS_MANAGER})


def with_policy(name, rules):
    """Makes a policy of that name, and a token that holds it."""
    return (
        managed(put("/v1/acl/policy", {"Name": name, "Rules": rules}, keep={"policy": "body.ID"}, mask=("Hash",))),
        managed(put("/v1/acl/token", {"Description": name, "Policies": [{"Name": name}]}, keep={
            "accessor": "body.AccessorID", "secret": "body.SecretID"}, mask=("Hash",))))


SCENARIOS = (
    scenario(
        "access: tokens",
        get("/v1/acl/token/self", headers=AS_MANAGER, mask=("Hash",)),
        get("/v1/acl/token/self", mask=("Hash",)),
        get("/v1/acl/token/self", headers=UNKNOWN),
        get("/v1/acl/tokens", headers=AS_MANAGER, mask=("Hash",)),
        get("/v1/acl/tokens"),
        get("/v1/acl/tokens", headers=UNKNOWN),
        put("/v1/acl/bootstrap"),
        managed(put("/v1/acl/token", {"Description": "plain"}, keep={
            "accessor": "body.AccessorID", "secret": "body.SecretID"}, mask=("Hash",))),
        managed(get("/v1/acl/token/{accessor}", mask=("Hash",))),
        get("/v1/acl/token/self", headers=AS_HOLDER, mask=("Hash",)),
        managed(put("/v1/acl/token/{accessor}", '{"AccessorID": "{accessor}", "Description": "renamed"}', mask=("Hash",))),
        managed(put("/v1/acl/token/{accessor}/clone", {"Description": "copy"}, keep={"copy": "body.AccessorID"},
                    mask=("Hash",))),
        managed(delete("/v1/acl/token/{copy}")),
        managed(delete("/v1/acl/token/{accessor}")),
        managed(delete("/v1/acl/token/{accessor}")),
        managed(get("/v1/acl/token/{accessor}")),
        managed(get("/v1/acl/token/no-uuid")),
        managed(put("/v1/acl/token", "{")),
        managed(put("/v1/acl/token", {"Policies": [{"Name": "nobody"}]})),
        managed(put("/v1/acl/token", {"ServiceIdentities": [{"ServiceName": "web"}]}, keep={
            "accessor": "body.AccessorID"}, mask=("Hash",))),
        managed(delete("/v1/acl/token/{accessor}")),
    ),
    scenario(
        "access: policies",
        managed(get("/v1/acl/policies", mask=("Hash",))),
        managed(put("/v1/acl/policy", {
            "Name": "first", "Description": "for a test", "Rules": 'key "a" { policy = "read" }'},
            keep={"policy": "body.ID"}, mask=("Hash",))),
        managed(get("/v1/acl/policy/{policy}", mask=("Hash",))),
        managed(get("/v1/acl/policy/name/first", mask=("Hash",))),
        managed(put("/v1/acl/policy/{policy}", {"Name": "first", "Rules": 'key "b" { policy = "read" }'}, mask=("Hash",))),
        managed(put("/v1/acl/policy", {"Name": "first"})),
        managed(put("/v1/acl/policy", {"Name": "no good name"})),
        managed(put("/v1/acl/policy", {"Name": ""})),
        managed(put("/v1/acl/policy", {"Name": "bad", "Rules": 'key "a" { policy = "fly" }'})),
        managed(put("/v1/acl/policy", {"Name": "bad", "Rules": "key {"})),
        managed(put("/v1/acl/policy", {"Name": "json", "Rules": '{"key": {"a": {"policy": "read"}}}'},
                    keep={"json": "body.ID"}, mask=("Hash",))),
        get("/v1/acl/policies"),
        managed(delete("/v1/acl/policy/{json}")),
        managed(delete("/v1/acl/policy/{policy}")),
        managed(get("/v1/acl/policy/{policy}")),
        managed(get("/v1/acl/policy/name/nobody")),
        managed(delete("/v1/acl/policy/00000000-0000-0000-0000-000000000001")),
    ),
    scenario(
        "access: keys, sessions and transactions",
        *with_policy("keys", RULES),
        managed(put("/v1/kv/shown/a", "1")),
        managed(put("/v1/kv/hidden/a", "1")),
        held(put("/v1/kv/mine/a", "1")),
        held(put("/v1/kv/shown/a", "2")),
        held(put("/v1/kv/hidden/a", "2")),
        held(get("/v1/kv/mine/a")),
        held(get("/v1/kv/shown/a")),
        held(get("/v1/kv/hidden/a")),
        held(get("/v1/kv/?recurse")),
        held(get("/v1/kv/?keys")),
        held(delete("/v1/kv/shown/a")),
        held(delete("/v1/kv/?recurse")),
        held(delete("/v1/kv/mine/?recurse")),
        get("/v1/kv/shown/a"),
        put("/v1/kv/mine/a", "1"),
        get("/v1/kv/shown/a?token={secret}"),
        get("/v1/kv/shown/a", headers={"Authorization": "Bearer {secret}"}),
        get("/v1/kv/shown/a", headers=UNKNOWN),
        held(put("/v1/txn", [{"KV": {"Verb": "set", "Key": "mine/t", "Value": "MQ=="}}])),
        held(put("/v1/txn", [{"KV": {"Verb": "set", "Key": "hidden/t", "Value": "MQ=="}}])),
        held(put("/v1/session/create", {}, keep={"session": "body.ID"})),
        put("/v1/session/create", {}),
        held(put("/v1/session/destroy/{session}")),
        held(put("/v1/event/fire/deploy", "x")),
        held(put("/v1/event/fire/other", "x")),
        managed(delete("/v1/kv/?recurse")),
        managed(delete("/v1/acl/token/{accessor}")),
        held(get("/v1/kv/shown/a")),
        managed(delete("/v1/acl/policy/{policy}")),
    ),
    scenario(
        "access: the catalogue",
        *with_policy("catalogue", RULES),
        managed(put("/v1/catalog/register", {
            "Node": "n", "Address": "192.0.2.1", "Service": {"Service": "see-this", "Port": 1}})),
        managed(put("/v1/catalog/register", {
            "Node": "n", "Address": "192.0.2.1", "Service": {"Service": "secret", "Port": 1}})),
        held(get("/v1/catalog/services")),
        held(get("/v1/catalog/service/secret")),
        held(get("/v1/health/service/secret")),
        held(get("/v1/catalog/nodes")),
        held(put("/v1/agent/service/register", {"Name": "web", "Port": 80})),
        held(put("/v1/agent/service/register", {"Name": "secret", "Port": 80})),
        held(get("/v1/agent/services")),
        held(put("/v1/agent/service/deregister/web")),
        held(put("/v1/catalog/register", {
            "Node": "n", "Address": "192.0.2.1", "Service": {"Service": "other", "Port": 1}})),
        held(put("/v1/catalog/deregister", {"Node": "n"})),
        get("/v1/catalog/services"),
        get("/v1/agent/self"),
        held(get("/v1/agent/members")),
        get("/v1/status/leader", mask=("",)),
        managed(put("/v1/catalog/deregister", {"Node": "n"})),
        managed(delete("/v1/acl/token/{accessor}")),
        managed(delete("/v1/acl/policy/{policy}")),
    ),
)
