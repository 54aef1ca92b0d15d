"""`weft kv` and `weft acl` against a real registry, through kills and restarts."""

import json
import re
import signal
import subprocess
import urllib.request
import uuid

import pytest

from mesh import BINARY, ENVIRONMENT, Process


class Registry:
    """`weft registry` alone on ports that stay once it has them, so that it can die and come back."""

    def __init__(self, folder, *arguments):
        self.folder, self.arguments = folder, arguments
        self.port = self.http_port = 0
        self.starts = 0

    def __enter__(self):
        self.start()
        return self

    def start(self):
        self.starts += 1
        self.process = Process(
            [BINARY, "registry", "--insecure", "--data", self.folder / "data", "--port", self.port,
             "--http-port", self.http_port, "--dns-port", 0, *self.arguments],
            self.folder, f"registry-{self.starts}")
        # The last of its doors to open.
        self.http_port = int(self.process.wait_for(r"answering HTTP .*?port=(\d+)").group(1))
        self.port = int(self.process.wait_for(r"listening .*?port=(\d+)").group(1))

    def kill_and_start(self):
        self.process.stop(signal.SIGKILL)
        self.start()

    def __exit__(self, *_):
        self.process.stop()

    def weft(self, *words, token=None, data=None):
        environment = dict(ENVIRONMENT, **({"WEFT_TOKEN": token} if token else {}))
        return subprocess.run(
            [BINARY, *words, "--plaintext", "--registry", f"127.0.0.1:{self.port}"], cwd=self.folder,
            env=environment, input=data, capture_output=True, text=True, timeout=60)

    def ok(self, *words, **options):
        result = self.weft(*words, **options)
        assert result.returncode == 0, result.stderr
        return result.stdout

    def refused(self, *words, **options):
        result = self.weft(*words, **options)
        assert result.returncode != 0, result.stdout
        return result.stderr


@pytest.fixture
def registry(tmp_path):
    with Registry(tmp_path) as running:
        yield running


def test_keys_are_written_read_and_removed(registry):
    registry.ok("kv", "put", "app/motd", "hello")
    assert registry.ok("kv", "get", "app/motd") == "hello"
    assert "its index is" in registry.refused("kv", "put", "app/motd", "x", "--cas", "0")
    registry.ok("kv", "put", "app/über 測試", "-", data="on\ntwo lines")
    assert registry.ok("kv", "list", "app/").split("\n")[:-1] == ["app/motd", "app/über 測試"]
    assert registry.ok("kv", "list", "--separator", "/") == "app/\n"
    assert "NOT_FOUND" in registry.refused("kv", "get", "none")
    registry.ok("kv", "delete", "app/", "--recurse")
    assert registry.ok("kv", "list") == ""


def test_a_transaction_is_done_whole_or_not_at_all(registry):
    registry.ok("kv", "txn", data="check-not-exists a\nset a one\nset b two words\n")
    assert registry.ok("kv", "get", "b") == "two words"
    error = registry.refused("kv", "txn", data="delete b\ncheck-not-exists a\nget none\n")
    assert "operation 2" in error and "operation 3" in error and "operation 1" not in error
    assert registry.ok("kv", "get", "b") == "two words"


def test_keys_and_locks_survive_a_kill(registry):
    registry.ok("kv", "put", "kept", "value", "--flags", "42")
    answer = registry.ok("call", f"127.0.0.1:{registry.port}", "SessionService/CreateSession",
                         '{"session":{"name":"test"}}')
    session = json.loads(answer)["session"]["id"]
    registry.ok("kv", "put", "lock", "mine", "--acquire", session)
    registry.kill_and_start()
    assert re.search(r"Flags +42", registry.ok("kv", "get", "kept", "--detailed"))
    assert session in registry.ok("kv", "get", "lock", "--detailed")
    registry.ok("kv", "put", "lock", "", "--release", session)
    assert "does not hold it" in registry.refused("kv", "put", "lock", "", "--release", session)


def test_a_watch_tells_each_change_and_goes_on_after_a_kill(registry):
    registry.ok("kv", "put", "app/a", "1")
    watch = Process([BINARY, "kv", "watch", "app/", "--plaintext", "--registry", f"127.0.0.1:{registry.port}"],
                    registry.folder, "watch")
    watch.wait_for(r"has +app/a = 1")
    registry.ok("kv", "put", "app/b", "2")
    watch.wait_for(r"put +app/b = 2")
    registry.kill_and_start()
    registry.ok("kv", "delete", "app/a")
    registry.ok("kv", "put", "app/c", "3")
    watch.wait_for(r"(put|has) +app/c = 3")
    watch.stop()


def secret_of(text):
    return re.search(r"^Secret +(\S+)$", text, re.M).group(1)


def test_only_whoever_has_the_right_token_gets_in(tmp_path):
    with Registry(tmp_path, "--default-policy", "deny") as registry:
        assert "PERMISSION_DENIED" in registry.refused("kv", "get", "app/a")
        admin = secret_of(registry.ok("acl", "bootstrap"))
        assert "already" in registry.refused("acl", "bootstrap")
        registry.ok("acl", "policy", "create", "app", "--rules", 'key_prefix "app/" { policy = "write" }', token=admin)
        error = registry.refused("acl", "policy", "create", "bad", "--rules", 'key "a" { policy = "rw" }', token=admin)
        assert "line 1" in error and "rw" in error
        token = secret_of(registry.ok("acl", "token", "create", "--policy", "app", token=admin))

        registry.ok("kv", "put", "app/a", "geheim", token=token)
        assert "no write access" in registry.refused("kv", "put", "other", "x", token=token)
        assert "no write access" in registry.refused("kv", "delete", "", "--recurse", token=token)
        assert "PERMISSION_DENIED" in registry.refused("acl", "token", "list", token=token)

        registry.kill_and_start()
        assert registry.ok("kv", "get", "app/a", token=token) == "geheim"
        registry.ok("acl", "policy", "delete", "app", token=admin)
        assert "PERMISSION_DENIED" in registry.refused("kv", "get", "app/a", token=token)

        # What was told once is nowhere to be found.
        for path in (tmp_path / "data").iterdir():
            content = path.read_bytes()
            assert admin.encode() not in content and token.encode() not in content, path
        lines = [json.loads(line) for line in (tmp_path / "data/audit.log").read_text().splitlines()]
        assert "geheim" not in str(lines)
        assert [line["action"] for line in lines if line["actor"] != "registry"] == [
            "acl.bootstrap", "acl.policy.create", "acl.token.create", "kv.set", "acl.policy.remove"]
        revisions = [line["revision"] for line in lines]
        assert revisions == sorted(set(revisions))


def test_services_instances_and_snapshots_are_shown_to_who_has_the_token(tmp_path):
    secret = str(uuid.uuid4())
    with Registry(tmp_path, "--default-policy", "deny", "--initial-management-token", secret) as registry:
        registry.process.wait_for("answering HTTP")
        body = json.dumps({"Name": "web", "Port": 80}).encode()
        request = urllib.request.Request(
            f"http://127.0.0.1:{registry.http_port}/v1/agent/service/register", data=body, method="PUT",
            headers={"X-Consul-Token": secret})
        urllib.request.urlopen(request, timeout=20).close()
        assert "web" in registry.ok("services", token=secret)
        assert "web" in registry.ok("instances", "web", token=secret)
        assert "web" in registry.ok("services", "--token", secret)
        assert "web" not in registry.refused("services")
        assert "PERMISSION_DENIED" in registry.refused("instances", "web")
        assert "PERMISSION_DENIED" in registry.refused("registry", "snapshot", "save", "file")
        registry.ok("registry", "snapshot", "save", "file", token=secret)
        assert "PERMISSION_DENIED" in registry.refused("registry", "snapshot", "restore", "file", "--running")
        registry.ok("registry", "snapshot", "restore", "file", "--running", token=secret)


def test_a_client_that_asks_too_often_is_held_back(tmp_path):
    with Registry(tmp_path, "--rate-limit", "0.001") as registry:
        registry.ok("kv", "list")
        error = registry.refused("kv", "list")
        assert "RESOURCE_EXHAUSTED" in error and "try again in" in error
