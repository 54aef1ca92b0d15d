"""What people ask a registry with `weft`, and its checks, filters and snapshots over RPC."""

import http.server
import subprocess
import threading

import grpc
import pytest

from mesh import BINARY, Process, eventually
from test_keys_and_access import Registry


@pytest.fixture
def registry(tmp_path):
    with Registry(tmp_path) as running:
        yield running


@pytest.fixture
def client(registry, stubs):
    with grpc.insecure_channel(f"127.0.0.1:{registry.port}") as channel:
        yield stubs.registry_grpc.RegistryServiceStub(channel)


@pytest.fixture
def site():
    """A site whose answer a test can change."""

    class Handler(http.server.BaseHTTPRequestHandler):
        status = 200

        def do_GET(self):
            self.send_response(Handler.status)
            self.end_headers()
            self.wfile.write(b"as you wish")

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield Handler, server.server_address[1]
    server.shutdown()


def register(client, stubs, service, number, **fields):
    instance = stubs.registry.Instance(
        service=service, id=f"{service}-{number}", address="127.0.0.1", port=9000 + number,
        without_lease=True, **fields)
    client.Register(stubs.registry.RegisterRequest(instance=instance), timeout=20)


def test_an_http_check_decides_who_is_called_and_says_why(registry, client, stubs, site):
    handler, port = site
    check = stubs.registry.HealthCheck(id="site", interval_milliseconds=100, failures_before_critical=2)
    check.http.url = f"http://127.0.0.1:{port}/"
    register(client, stubs, "web", 1, checks=[check])
    query = stubs.registry.ResolveRequest(service="web", healthy_only=True)
    eventually(lambda: client.Resolve(query, timeout=20).instances, 20, "the check to pass")
    handler.status = 503
    eventually(lambda: not client.Resolve(query, timeout=20).instances, 20, "the check to fail")
    text = registry.ok("instances", "web")
    assert "critical" in text and "503" in text and "as you wish" in text, text
    assert "or none that fits" in registry.refused("instances", "web", "--healthy")


def test_filters_choose_instances(registry, client, stubs):
    register(client, stubs, "web", 1, tags=["blue"], version="1", zone="a", metadata={"team": "x"})
    register(client, stubs, "web", 2, tags=["green"], version="2", zone="b")

    def ids(**fields):
        answer = client.Resolve(stubs.registry.ResolveRequest(service="web", **fields), timeout=20)
        return [instance.id for instance in answer.instances]

    assert ids(tags=["blue"]) == ids(version="1") == ids(metadata={"team": "x"}) == ["web-1"]
    assert ids(preferred_zone="b") == ["web-2", "web-1"]
    assert "web-2" in registry.ok("instances", "web", "--zone", "b")
    services = client.ListServices(stubs.registry.ListServicesRequest(), timeout=20).services
    assert [(s.name, s.instances, list(s.tags), s.passing) for s in services] == [("web", 2, ["blue", "green"], 2)]


def test_checks_are_reported_and_maintenance_is_begun_and_ended(registry, client, stubs):
    check = stubs.registry.HealthCheck(id="own")
    check.ttl.ttl_milliseconds = 60_000
    register(client, stubs, "web", 1, checks=[check])
    owner = stubs.registry.CheckOwner(instance=stubs.registry.InstanceKey(service="web", id="web-1"))
    update = stubs.registry.UpdateCheckRequest(owner=owner, check_id="own", status=1, output="all well")
    client.UpdateCheck(update, timeout=20)
    assert "all well" in registry.ok("instances", "web", "--healthy")
    client.SetMaintenance(
        stubs.registry.SetMaintenanceRequest(owner=owner, enabled=True, reason="new disk"), timeout=20)
    assert "new disk" in registry.ok("instances", "web")
    client.SetMaintenance(stubs.registry.SetMaintenanceRequest(owner=owner), timeout=20)
    assert "passing" in registry.ok("instances", "web", "--healthy")
    update.check_id = "none"
    with pytest.raises(grpc.RpcError) as error:
        client.UpdateCheck(update, timeout=20)
    assert error.value.code() == grpc.StatusCode.NOT_FOUND


def test_heartbeats_go_over_one_stream(registry, client, stubs):
    instance = stubs.registry.Instance(service="web", id="1", address="127.0.0.1", port=1)
    client.Register(stubs.registry.RegisterRequest(instance=instance), timeout=20)
    known, unknown = (stubs.registry.InstanceKey(service="web", id=i) for i in ("1", "2"))
    requests = [stubs.registry.HeartbeatStreamRequest(instances=[known, unknown])] * 3
    answers = list(client.HeartbeatStream(iter(requests), timeout=20))
    assert [[key.id for key in answer.unknown] for answer in answers] == [["2"]] * 3


def test_watch_shows_what_is_there_and_what_changes(registry, client, stubs):
    register(client, stubs, "web", 1)
    watch = Process(
        [BINARY, "watch", "web", "--plaintext", "--registry", f"127.0.0.1:{registry.port}"], registry.folder, "watch")
    watch.wait_for(r"\+ web/web-1 127\.0\.0\.1:9001 passing")
    register(client, stubs, "web", 2)
    watch.wait_for(r"\+ web/web-2")
    key = stubs.registry.InstanceKey(service="web", id="web-1")
    client.Deregister(stubs.registry.DeregisterRequest(instance=key), timeout=20)
    watch.wait_for(r"- web/web-1")
    watch.stop()


def test_a_snapshot_makes_a_second_registry(registry, client, stubs, tmp_path):
    register(client, stubs, "web", 1, tags=["blue"])
    registry.ok("kv", "put", "color", "red")
    registry.ok("registry", "snapshot", "save", "today")
    inspect = subprocess.run(
        [BINARY, "registry", "snapshot", "inspect", "today"], cwd=tmp_path, capture_output=True, text=True)
    assert inspect.returncode == 0 and "SHA-256 is right" in inspect.stdout, inspect.stderr

    def restore(file, folder):
        return subprocess.run(
            [BINARY, "registry", "snapshot", "restore", file, "--data-dir", folder], cwd=tmp_path,
            capture_output=True, text=True)

    assert restore("today", "second/data").returncode == 0
    again = restore("today", "second/data")
    assert again.returncode != 0 and "already" in again.stderr
    (tmp_path / "cut").write_bytes((tmp_path / "today").read_bytes()[:-100])
    cut = restore("cut", "third")
    assert cut.returncode != 0 and "cut off" in cut.stderr
    with Registry(tmp_path / "second") as second:
        assert "blue" in second.ok("instances", "web")
        assert "red" in second.ok("kv", "get", "color")


def test_a_snapshot_is_restored_into_the_registry_that_runs(registry, client, stubs, tmp_path):
    register(client, stubs, "web", 1)
    registry.ok("kv", "put", "color", "red")
    registry.ok("registry", "snapshot", "save", "today")
    registry.ok("kv", "put", "color", "blue")
    client.Deregister(stubs.registry.DeregisterRequest(instance=stubs.registry.InstanceKey(service="web", id="web-1")))
    assert "revision" in registry.ok("registry", "snapshot", "restore", "today", "--running")
    assert "red" in registry.ok("kv", "get", "color")
    assert "web" in registry.ok("services")
    (tmp_path / "cut").write_bytes((tmp_path / "today").read_bytes()[:-100])
    assert "cut off" in registry.refused("registry", "snapshot", "restore", "cut", "--running")
    assert "--data-dir" in registry.refused("registry", "snapshot", "restore", "today")


def test_both_spellings_of_its_settings_work(tmp_path):
    process = Process(
        [BINARY, "registry", "--insecure", "--data-dir", tmp_path / "data", "--rpc-port", 0, "--http-port",
         0, "--dns-port", 0], tmp_path, "registry")
    process.wait_for(r"answering HTTP .*?port=\d+")
    assert (tmp_path / "data" / "registry.sqlite").exists()
    assert process.stop() == 0
