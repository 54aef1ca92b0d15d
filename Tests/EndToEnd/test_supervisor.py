"""`weft up` keeps its children running, and takes them with it."""

import os
import signal
import socket
import subprocess

from mesh import BINARY, ENVIRONMENT, Mesh, eventually, is_running

PARTS = ["registry", "config", "gateway"]


def test_a_child_that_dies_comes_back_on_its_port(own_mesh):
    path = "/v1/config/back/prod"
    assert own_mesh.curl(path, method="PUT", data='{"config":{"n":1}}').status == 200
    for part in PARTS:
        first = own_mesh.child_pid(part)
        os.kill(first, signal.SIGKILL)
        eventually(lambda: own_mesh.child_pid(part) != first, 30, f"{part} to come back")

    def answers():
        try:
            return own_mesh.curl(path).status == 200
        except AssertionError:
            return False

    eventually(answers, 30, "the mesh to answer again")
    assert own_mesh.curl(path).json()["config"] == {"n": 1}


POLICY = """
name: mesh
deny_rules:
  - name: nobody rolls back
    request: {paths: [/weft.config.v1.ConfigService/RollbackConfig]}
allow_rules:
  - name: the parts of the mesh
    source: {principals: [spiffe://weft.internal/service/*]}
"""


def test_what_is_set_for_the_mesh_holds_in_its_parts(tmp_path):
    policy = tmp_path / "policy.yaml"
    policy.write_text(POLICY)
    arguments = ["--authorization", policy, "--max-calls", 900, "--binary-log", "weft.config.v1.ConfigService/*"]
    with Mesh(tmp_path, *arguments) as mesh:
        path = "/v1/config/bound/prod"
        assert mesh.curl(path, method="PUT", data='{"config":{"n":1}}').status == 200
        refused = mesh.curl(path + ":rollback", method="POST", data='{"version":1}')
        assert refused.status == 403, refused.text
        eventually(lambda: (tmp_path / "data/config.binlog").stat().st_size > 0, 30, "the binary log")
        for part in ["registry", "config"]:
            command = open(f"/proc/{mesh.child_pid(part)}/cmdline").read().split("\0")
            assert command[command.index("--max-calls") + 1] == "900"


def test_a_clean_stop_leaves_nothing_running(tmp_path):
    with Mesh(tmp_path) as mesh:
        pids = [mesh.child_pid(part) for part in PARTS]
        assert all(is_running(pid) for pid in pids)
        assert mesh.up.stop(signal.SIGINT) == 0
    assert not any(is_running(pid) for pid in pids)


def test_a_watch_does_not_hold_up_a_stop(tmp_path):
    with Mesh(tmp_path) as mesh:
        watch = subprocess.Popen(
            ["curl", "-sSN", f"{mesh.gateway}/v1/config/held/prod:watch"], stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL)
        mesh.curl("/v1/config/held/prod", method="PUT", data='{"config":{}}')
        assert watch.stdout.readline()
        assert mesh.up.stop(seconds=14) == 0
        watch.communicate(timeout=10)


def test_a_killed_supervisor_takes_its_children_with_it(tmp_path):
    with Mesh(tmp_path) as mesh:
        pids = [mesh.child_pid(part) for part in PARTS]
        mesh.up.stop(signal.SIGKILL)
        eventually(lambda: not any(is_running(pid) for pid in pids), 40, "the children to end")


def test_a_port_in_use_is_said_clearly(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = subprocess.run(
            [BINARY, "up", "--registry-port", "0", "--gateway-port", "0", "--config-port", str(port)],
            capture_output=True, text=True, cwd=tmp_path, env=ENVIRONMENT, timeout=60)
    assert result.returncode != 0
    assert f"127.0.0.1:{port}" in result.stderr
    assert "in use" in result.stderr


def test_ports_come_from_the_environment_too(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = subprocess.run(
            [BINARY, "up", "--gateway-port", "0", "--config-port", "0"], capture_output=True, text=True,
            cwd=tmp_path, env={**ENVIRONMENT, "WEFT_REGISTRY_PORT": str(port)}, timeout=60)
    assert result.returncode != 0
    assert f"127.0.0.1:{port}" in result.stderr
