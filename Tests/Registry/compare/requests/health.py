"""Health, consistency modes and blocking queries."""

from compare.language import delete, get, post, put, scenario

SCENARIOS = (
    scenario(
        "health: at rest",
        get("/v1/health/state/any"),
        get("/v1/health/state/passing"),
        get("/v1/health/state/warning"),
        get("/v1/health/state/critical"),
        get("/v1/health/state/splendid"),
        get("/v1/health/state/"),
        get("/v1/health/node/weft"),
        get("/v1/health/node/nobody"),
        get("/v1/health/node/"),
        get("/v1/health/service/nobody"),
        get("/v1/health/service/"),
        get("/v1/health/checks/nobody"),
        get("/v1/health/checks/"),
        get("/v1/health/connect/nobody"),
        post("/v1/health/state/any"),
        delete("/v1/health/service/nobody"),
    ),
    scenario(
        "health: consistency and caching",
        put("/v1/catalog/register", {"Node": "c1", "Address": "192.0.2.1", "Service": {"Service": "cons", "Port": 1}}),
        get("/v1/health/service/cons?stale"),
        get("/v1/health/service/cons?consistent"),
        get("/v1/health/service/cons?stale&consistent"),
        get("/v1/health/service/cons?cached"),
        get("/v1/health/service/cons?cached"),
        get("/v1/health/service/cons?cached", headers={"Cache-Control": "max-age=30"}),
        get("/v1/health/service/cons?stale=false"),
        get("/v1/catalog/service/cons?cached&stale"),
        get("/v1/catalog/nodes?stale"),
        get("/v1/kv/nothing?consistent"),
        get("/v1/health/service/cons?pretty"),
        put("/v1/catalog/deregister", {"Node": "c1"}),
    ),
    scenario(
        "blocking: health of a service",
        put("/v1/catalog/register", {"Node": "b1", "Address": "192.0.2.1", "Service": {"Service": "block", "Port": 1}}),
        get("/v1/health/service/block", keep={"index": "index"}),
        get("/v1/health/service/block?index={index}&wait=400ms"),
        get("/v1/health/service/block?index=1&wait=5s"),
        get("/v1/health/service/block?index=0&wait=5s"),
        get("/v1/health/service/block?index={index}&wait=5s", meanwhile=put("/v1/catalog/register", {
            "Node": "b1", "Address": "192.0.2.1", "Service": {"ID": "two", "Service": "block", "Port": 2}})),
        get("/v1/health/service/block", keep={"index": "index"}),
        get("/v1/health/service/block?index={index}&wait=5s", meanwhile=put("/v1/catalog/deregister", {
            "Node": "b1", "ServiceID": "two"})),
        get("/v1/health/service/block", keep={"index": "index"}),
        get("/v1/health/service/block?index={index}&wait=2s", meanwhile=put("/v1/catalog/register", {
            "Node": "b2", "Address": "192.0.2.2", "Service": {"Service": "another", "Port": 2}})),
        get("/v1/health/service/block?index=many"),
        get("/v1/health/service/block?index=-1&wait=1s"),
        get("/v1/health/service/block?index={index}&wait=long"),
        get("/v1/health/service/block?index={index}&wait=0.3s"),
        get("/v1/health/service/block?index={index}&wait=300"),
        get("/v1/health/service/block?index={index}&wait=0h0m0.3s"),
        put("/v1/catalog/deregister", {"Node": "b1"}),
        put("/v1/catalog/deregister", {"Node": "b2"}),
    ),
    scenario(
        "blocking: a service that is not there yet",
        get("/v1/health/service/later", keep={"index": "index"}),
        get("/v1/health/service/later?index={index}&wait=5s", meanwhile=put("/v1/catalog/register", {
            "Node": "l1", "Address": "192.0.2.1", "Service": {"Service": "later", "Port": 2}})),
        get("/v1/catalog/service/later", keep={"index": "index"}),
        get("/v1/catalog/service/later?index={index}&wait=5s", meanwhile=put("/v1/catalog/deregister", {"Node": "l1"})),
    ),
    scenario(
        "blocking: lists of services, nodes and checks",
        get("/v1/catalog/services", keep={"index": "index"}),
        get("/v1/catalog/services?index={index}&wait=5s", meanwhile=put("/v1/catalog/register", {
            "Node": "s1", "Address": "192.0.2.1", "Service": {"Service": "new", "Port": 2}})),
        get("/v1/catalog/nodes", keep={"index": "index"}),
        get("/v1/catalog/nodes?index={index}&wait=5s", meanwhile=put("/v1/catalog/register", {
            "Node": "s2", "Address": "192.0.2.2"})),
        get("/v1/health/state/critical", keep={"index": "index"}),
        get("/v1/health/state/critical?index={index}&wait=5s", meanwhile=put("/v1/catalog/register", {
            "Node": "s2", "Address": "192.0.2.2", "Check": {"CheckID": "c", "Name": "c", "Status": "critical"}})),
        get("/v1/catalog/node/s2", keep={"index": "index"}),
        get("/v1/catalog/node/s2?index={index}&wait=5s", meanwhile=put("/v1/catalog/deregister", {"Node": "s2"})),
        put("/v1/catalog/deregister", {"Node": "s1"}),
    ),
)
