"""Status, events, and what works only with access control."""

from compare.language import delete, get, post, put, scenario

SCENARIOS = (
    scenario(
        "status",
        get("/v1/status/leader", mask=("",)),
        get("/v1/status/peers", mask=("",)),
        put("/v1/status/leader"),
    ),
    scenario(
        "event",
        get("/v1/event/list"),
        put("/v1/event/fire/deploy", "v2", keep={"event": "body.ID"}),
        get("/v1/event/list", until="deploy"),
        get("/v1/event/list?name=deploy"),
        get("/v1/event/list?name=nobody"),
        put("/v1/event/fire/deploy?node=weft&service=web&tag=v1", "v3"),
        get("/v1/event/list?name=deploy", until="djM="),
        put("/v1/event/fire/"),
        put("/v1/event/fire/deploy?service=%5B", "x"),
        get("/v1/event/fire/deploy"),
    ),
    scenario(
        "access control that is off",
        get("/v1/acl/tokens"),
        get("/v1/acl/token/self"),
        put("/v1/acl/bootstrap"),
        get("/v1/acl/policies"),
        put("/v1/acl/policy", {"Name": "p"}),
        post("/v1/acl/login", {"AuthMethod": "m", "BearerToken": "t"}),
        post("/v1/acl/logout"),
        get("/v1/kv/any", headers={"X-Consul-Token": "unknown"}),
        get("/v1/kv/any", headers={"Authorization": "Bearer unknown"}),
        get("/v1/kv/any?token=unknown"),
        get("/v1/catalog/nodes", headers={"X-Consul-Token": "unknown"}),
    ),
    scenario(
        "operations",
        get("/v1/operator/raft/configuration", mask=("ID", "Address", "Servers")),
        get("/v1/operator/autopilot/health", mask=("Servers",)),
        get("/v1/operator/autopilot/configuration"),
        delete("/v1/operator/raft/peer"),
        delete("/v1/operator/raft/peer?address=192.0.2.1:8300"),
        put("/v1/snapshot", "this is none"),
        get("/v1/agent/monitor?loglevel=loud"),
        get("/v1/internal/ui/nodes", mask=("Checks", "Services")),
        get("/v1/query"),
        get("/v1/config/service-defaults"),
    ),
)
