"""The `consul` command of Consul 1.8.7 works against the registry as it does against Consul."""

import json
import uuid

import pytest

from conftest import Registry
from mesh import eventually
from servers import under_test


@pytest.fixture
def cli(shared_registry):
    return shared_registry.consul


def rows(done):
    """The lines of a table, each split at its columns."""
    return [line.split() for line in done.stdout.splitlines() if line.strip()]


def test_members_shows_the_registry_alive(cli):
    header, *members = rows(cli("members"))
    assert header[:3] == ["Node", "Address", "Status"]
    assert [row[2] for row in members] == ["alive"]
    assert members[0][1].startswith("127.0.0.1:")


def test_info_prints_what_the_agent_tells_of_itself(cli):
    assert "build:" in cli("info").stdout


def test_catalog_lists_datacenters_nodes_and_services(cli, shared_registry):
    shared_registry.register("listed", 80, Tags=["blue", "green"])
    eventually(lambda: "listed" in cli("catalog", "services").stdout, 10, "the service in the catalogue")
    assert rows(cli("catalog", "datacenters")) == [["dc1"]]
    assert any(row[0] == "listed" and row[1] == "blue,green" for row in rows(cli("catalog", "services", "-tags")))
    own = rows(cli("catalog", "nodes"))[1][0]
    assert rows(cli("catalog", "nodes", "-service", "listed"))[1][0] == own
    assert own in cli("catalog", "nodes", "-detailed").stdout
    assert ["listed"] in rows(cli("catalog", "services", "-node", own))
    assert "No nodes match" in cli("catalog", "nodes", "-service", "nobody").stderr


def test_services_are_registered_by_flags_and_files_and_deregistered(cli, shared_registry, tmp_path):
    cli("services", "register", "-name", "flagged", "-port", "81", "-tag", "a", "-meta", "k=v")
    file = tmp_path / "service.json"
    file.write_text(json.dumps({"Service": {"Name": "filed", "ID": "filed-1", "Port": 82, "Check": {"TTL": "1h"}}}))
    cli("services", "register", file)
    services = shared_registry.get("/v1/agent/services")
    assert services["flagged"]["Meta"] == {"k": "v"} and services["filed-1"]["Port"] == 82
    cli("services", "deregister", "-id", "flagged")
    cli("services", "deregister", file)
    assert {"flagged", "filed-1"}.isdisjoint(shared_registry.get("/v1/agent/services"))


class TestKV:
    def test_put_get_and_delete(self, cli):
        assert "Success" in cli("kv", "put", "cli/a", "value").stdout
        assert cli("kv", "get", "cli/a").stdout == "value\n"
        assert "Success" in cli("kv", "delete", "cli/a").stdout
        missing = cli("kv", "get", "cli/a", check=False)
        assert missing.returncode == 1 and "No key exists" in missing.stderr

    def test_values_come_from_stdin_and_files(self, cli, tmp_path):
        cli("kv", "put", "cli/in", "-", stdin="from stdin")
        file = tmp_path / "value"
        file.write_text("from a file")
        cli("kv", "put", "cli/file", f"@{file}")
        assert [cli("kv", "get", f"cli/{key}").stdout for key in ("in", "file")] == ["from stdin\n", "from a file\n"]

    def test_details_tell_flags_and_indexes(self, cli):
        cli("kv", "put", "-flags", "42", "cli/flags", "v")
        details = dict(row for row in rows(cli("kv", "get", "-detailed", "cli/flags")) if len(row) == 2)
        assert details["Flags"] == "42" and int(details["ModifyIndex"]) >= int(details["CreateIndex"]) > 0

    def test_prefixes_are_read_listed_and_deleted(self, cli):
        for key in ("tree/a", "tree/b/c", "tree/b/d"):
            cli("kv", "put", key, key[-1])
        assert cli("kv", "get", "-recurse", "tree/").stdout == "tree/a:a\ntree/b/c:c\ntree/b/d:d\n"
        assert cli("kv", "get", "-keys", "tree/").stdout == "tree/a\ntree/b/\n"
        cli("kv", "delete", "-recurse", "tree/")
        assert cli("kv", "get", "-recurse", "tree/").stdout == ""

    def test_compare_and_set_refuses_what_is_stale(self, cli):
        cli("kv", "put", "cli/cas", "one")
        stale = cli("kv", "put", "-cas", "-modify-index", "1", "cli/cas", "two", check=False)
        assert stale.returncode == 1 and "CAS" in stale.stderr
        stale = cli("kv", "delete", "-cas", "-modify-index", "1", "cli/cas", check=False)
        assert stale.returncode == 1 and cli("kv", "get", "cli/cas").stdout == "one\n"

    def test_what_is_exported_is_imported(self, cli):
        cli("kv", "put", "-flags", "7", "moved/a", "1")
        cli("kv", "put", "moved/b", "中文")
        exported = cli("kv", "export", "moved/").stdout
        assert [entry["key"] for entry in json.loads(exported)] == ["moved/a", "moved/b"]
        cli("kv", "delete", "-recurse", "moved/")
        cli("kv", "import", "-", stdin=exported)
        assert json.loads(cli("kv", "export", "moved/").stdout) == json.loads(exported)


class TestWatch:
    def test_prints_what_is_there(self, cli, shared_registry):
        shared_registry.register("seen", 83)
        shared_registry.call("PUT", "/v1/kv/seen", "x")
        eventually(lambda: shared_registry.get("/v1/catalog/service/seen"), 10, "the service in the catalogue")
        service = json.loads(cli("watch", "-type", "service", "-service", "seen").stdout)
        assert [entry["Service"]["Port"] for entry in service] == [83]
        assert "seen" in json.loads(cli("watch", "-type", "services").stdout)
        assert len(json.loads(cli("watch", "-type", "nodes").stdout)) >= 1
        assert json.loads(cli("watch", "-type", "key", "-key", "seen").stdout)["Key"] == "seen"
        assert json.loads(cli("watch", "-type", "keyprefix", "-prefix", "see").stdout)[0]["Key"] == "seen"
        assert isinstance(json.loads(cli("watch", "-type", "checks", "-state", "passing").stdout), list)

    def test_calls_a_handler_at_each_change(self, shared_registry, tmp_path):
        shared_registry.call("PUT", "/v1/kv/handled", "1")
        file = tmp_path / "seen"
        watch = shared_registry.consul_in_background(
            "watch", "-type", "key", "-key", "handled", f"cat >> {file}; echo >> {file}")
        try:
            for number in range(2, 5):
                eventually(lambda: file.exists() and file.read_text().count("\n") >= number * 2 - 3, 20,
                           f"change {number - 1} to be handled")
                shared_registry.call("PUT", "/v1/kv/handled", str(number))
            eventually(lambda: len([line for line in file.read_text().splitlines() if line]) >= 4, 20, "all changes")
        finally:
            watch.stop()
        seen = [json.loads(line) for line in file.read_text().splitlines() if line]
        indexes = [entry["ModifyIndex"] for entry in seen]
        assert indexes == sorted(set(indexes))


class TestLock:
    def test_runs_a_command_while_it_holds_the_lock(self, cli):
        assert "inside" in cli("lock", "locks/one", "echo inside").stdout

    def test_passes_on_how_the_command_ended(self, cli):
        assert cli("lock", "-child-exit-code", "locks/code", "exit 3", check=False).returncode == 2

    def test_lets_in_one_after_the_other(self, shared_registry, tmp_path):
        log = tmp_path / "log"
        command = f"echo in >> {log}; sleep 0.5; echo out >> {log}"
        both = [shared_registry.consul_in_background("lock", "locks/two", command) for _ in range(2)]
        for process in both:
            process.popen.wait(60)
        assert log.read_text().split() == ["in", "out", "in", "out"]

    def test_lets_in_as_many_as_a_semaphore_has_places(self, shared_registry, tmp_path):
        log = tmp_path / "log"
        command = f"echo in >> {log}; sleep 1; echo out >> {log}"
        three = [shared_registry.consul_in_background("lock", "-n", "2", "locks/n", command) for _ in range(3)]
        for process in three:
            process.popen.wait(60)
        inside, most = 0, 0
        for word in log.read_text().split():
            inside += 1 if word == "in" else -1
            most = max(most, inside)
        assert most == 2 and log.read_text().split().count("out") == 3


def test_an_event_is_fired_and_watched(cli, shared_registry):
    assert "Event ID" in cli("event", "-name", "deploy", "version 2").stdout
    eventually(lambda: shared_registry.get("/v1/event/list?name=deploy"), 10, "the event")
    assert json.loads(cli("watch", "-type", "event", "-name", "deploy").stdout)[0]["Name"] == "deploy"


def test_maintenance_of_a_service_and_of_the_node(cli, shared_registry):
    shared_registry.register("tired", 84)
    cli("maint", "-enable", "-service", "tired", "-reason", "a rest")
    told = cli("maint").stdout
    assert "tired" in told and "a rest" in told
    assert shared_registry.get("/v1/health/service/tired?passing") == []
    cli("maint", "-disable", "-service", "tired")
    cli("maint", "-enable", "-reason", "night")
    assert "night" in cli("maint").stdout
    cli("maint", "-disable")
    assert cli("maint").stdout == ""
    eventually(lambda: shared_registry.get("/v1/health/service/tired?passing"), 10, "the service to be back")


def test_reload_and_operator_commands_answer(cli):
    assert "reload" in cli("reload").stdout.lower()
    assert "weft" in cli("operator", "raft", "list-peers").stdout


def test_an_unused_port_is_said_to_refuse(shared_registry):
    done = shared_registry.consul("members", "-http-addr", "127.0.0.1:1", check=False)
    assert done.returncode == 1 and "refused" in done.stderr


def test_access_is_set_up_with_the_command(tmp_path):
    management = str(uuid.uuid4())
    with under_test(tmp_path / "registry", token=management, default="deny") as server:
        registry = Registry(server, tmp_path)
        if registry.consul("acl", "policy", "list", token=management, check=False).returncode:
            pytest.skip("no access control over HTTP yet")
        (tmp_path / "rules.hcl").write_text('key_prefix "mine/" { policy = "write" }\n')
        as_manager = {"token": management}
        created = registry.consul("acl", "policy", "create", "-name", "mine", "-rules", "@rules.hcl", **as_manager)
        assert "mine" in created.stdout
        made = registry.consul(
            "acl", "token", "create", "-policy-name", "mine", "-description", "for a test", "-format", "json", **as_manager)
        token = json.loads(made.stdout)
        assert "for a test" in registry.consul("acl", "token", "list", **as_manager).stdout
        registry.consul("kv", "put", "mine/a", "1", token=token["SecretID"])
        refused = registry.consul("kv", "put", "theirs/a", "1", token=token["SecretID"], check=False)
        assert refused.returncode == 1 and "403" in refused.stderr
        registry.consul("acl", "token", "delete", "-id", token["AccessorID"], **as_manager)
        gone = registry.consul("kv", "put", "mine/a", "2", token=token["SecretID"], check=False)
        assert gone.returncode == 1 and "403" in gone.stderr


def test_snapshot_saves_inspects_and_restores_everything(registry):
    registry.consul("kv", "put", "kept", "before")
    registry.register("kept", 80, Tags=["a"])
    registry.consul("snapshot", "save", "saved.tgz")
    inspected = registry.consul("snapshot", "inspect", "saved.tgz").stdout
    assert "Index" in inspected and "Version" in inspected
    before = registry.get("/v1/catalog/service/kept")
    registry.consul("kv", "put", "kept", "after")
    registry.consul("kv", "put", "later", "x")
    registry.consul("services", "deregister", "-id=kept")
    registry.consul("snapshot", "restore", "saved.tgz")
    assert registry.consul("kv", "get", "-recurse").stdout == "kept:before\n"
    assert registry.get("/v1/catalog/service/kept") == before


def test_a_damaged_snapshot_is_refused_and_changes_nothing(registry):
    registry.consul("kv", "put", "kept", "before")
    registry.consul("snapshot", "save", "saved.tgz")
    saved = (registry.folder / "saved.tgz").read_bytes()
    (registry.folder / "cut.tgz").write_bytes(saved[: len(saved) // 2])
    refused = registry.consul("snapshot", "restore", "cut.tgz", check=False)
    assert refused.returncode != 0 and "cut off" in refused.stderr
    assert registry.consul("kv", "get", "kept").stdout == "before\n"


def test_autopilot_tells_of_its_one_server(cli):
    assert "CleanupDeadServers = true" in cli("operator", "autopilot", "get-config").stdout


@pytest.mark.parametrize(
    "command, reason",
    [
        (["intention", "create", "a", "b"], "no service mesh"),
        (["connect", "ca", "get-config"], "no service mesh"),
        (["monitor"], "not told over HTTP"),
        (["keyring", "-list"], "does not gossip"),
        (["operator", "autopilot", "set-config", "-min-quorum=1"], "autopilot"),
        (["operator", "raft", "remove-peer", "-address=192.0.2.1:8300"], "192.0.2.1:8300"),
        (["join", "192.0.2.1"], "cluster of its own"),
        (["leave"], "stop its process"),
    ])
def test_what_is_not_here_fails_and_says_so(cli, command, reason):
    done = cli(*command, check=False)
    assert done.returncode != 0 and reason in done.stdout + done.stderr
