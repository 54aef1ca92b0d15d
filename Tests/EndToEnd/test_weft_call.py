"""The command line as a person types it."""

import json
import socket
import subprocess
import time

import pytest

from mesh import BINARY, ENVIRONMENT, eventually


def test_call_learns_the_types_from_the_registry(mesh):
    put = mesh.weft("call", "config", "PutConfig", '{"service":"cli","environment":"prod","config":{"n":1}}')
    assert json.loads(put.stdout)["version"] == 1
    got = mesh.weft("call", "config", "GetConfig", '{"service":"cli","environment":"prod"}')
    assert json.loads(got.stdout)["config"] == {"n": 1}


def test_call_learns_the_types_by_reflection(mesh):
    target = f"127.0.0.1:{mesh.config_port}"
    put = mesh.weft("call", target, "weft.config.v1.ConfigService/PutConfig",
                    '{"service":"cli-reflection","environment":"prod","config":{"n":1}}')
    assert json.loads(put.stdout)["version"] == 1


def test_call_prints_a_streamed_message_a_line(mesh):
    mesh.weft("call", "config", "PutConfig", '{"service":"cli-watch","environment":"prod","config":{"n":1}}')
    command = [BINARY, "call", "config", "WatchConfig", '{"service":"cli-watch","environment":"prod"}',
               "--registry", f"ipv4:127.0.0.1:{mesh.registry_port}", "--certs", str(mesh.certs)]
    watch = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=ENVIRONMENT)
    try:
        assert json.loads(watch.stdout.readline())["version"] == 1
        mesh.weft("call", "config", "PutConfig", '{"service":"cli-watch","environment":"prod","config":{"n":2}}')
        assert json.loads(watch.stdout.readline())["version"] == 2
    finally:
        watch.terminate()
        watch.communicate(timeout=20)


def test_call_tells_the_status_and_fails(mesh):
    result = mesh.weft("call", "config", "GetConfig", '{"service":"nobody","environment":"prod"}', check=False)
    assert result.returncode != 0
    assert "NOT_FOUND" in result.stderr
    assert "there is no configuration" in result.stderr


@pytest.mark.parametrize("arguments, message", [
    (["config", "NoSuchMethod", "{}"], "GetConfig"),
    (["nothing", "GetConfig", "{}"], "nothing"),
    (["config", "GetConfig", '{"colour":1}'], "colour"),
    (["config", "GetConfig", "{"], ""),
])
def test_call_says_what_is_wrong(mesh, arguments, message):
    result = mesh.weft("call", *arguments, check=False)
    assert result.returncode != 0
    assert message in result.stderr
    assert "Fatal" not in result.stderr


def test_call_lists_and_describes(mesh):
    listed = mesh.weft("call", "config", "--list").stdout
    assert "weft.config.v1.ConfigService" in listed and "WatchConfig" in listed
    described = mesh.weft("call", "config", "PutConfig", "--describe").stdout
    assert "expected_version" in described


def test_services_shows_what_runs(mesh):
    text = mesh.weft("services").stdout
    assert "config" in text and f"127.0.0.1:{mesh.config_port}" in text


@pytest.mark.parametrize("command", ["up", "registry", "gateway", "serve", "call", "services", "gen", "certs"])
def test_every_command_has_help(command):
    result = subprocess.run([BINARY, command, "--help"], capture_output=True, text=True, env=ENVIRONMENT, timeout=30)
    assert result.returncode == 0
    assert len(result.stdout.splitlines()) > 3


@pytest.mark.parametrize("arguments", [
    ["up", "--gateway-port", "x"], ["registry", "--colour", "red"], ["serve", "nothing"],
    ["serve", "config", "--port", "70000"], ["gateway", "--prot", "1"], ["call"],
])
def test_a_bad_command_line_is_refused_in_a_line_or_two(arguments, tmp_path):
    result = subprocess.run(
        [BINARY, *arguments], capture_output=True, text=True, env=ENVIRONMENT, cwd=tmp_path, timeout=30)
    assert result.returncode != 0
    assert 0 < len(result.stderr.splitlines()) <= 12
    assert "Fatal" not in result.stderr


def test_a_config_file_is_read_and_a_flag_wins_over_it(tmp_path):
    (tmp_path / "weft.yaml").write_text("log-level: loud\n")
    result = subprocess.run([BINARY, "serve", "config", "--config", "weft.yaml"], capture_output=True, text=True,
                            env=ENVIRONMENT, cwd=tmp_path, timeout=30)
    assert result.returncode != 0
    assert "log-level" in result.stderr and "weft.yaml:1" in result.stderr


def test_services_follows_a_new_instance(mesh):
    second = mesh.start_config("second")
    try:
        second.wait_for("listening")
        eventually(lambda: mesh.weft("services").stdout.count("config") >= 2, 20, "the second instance to be listed")
    finally:
        second.stop()


def test_timeout_covers_the_look_up_of_types():
    """A server that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"127.0.0.1:{silent.getsockname()[1]}"
        for arguments in ([address, "GetConfig"], ["config", "GetConfig", "--registry", f"ipv4:{address}"]):
            began = time.monotonic()
            result = subprocess.run(
                [BINARY, "call", "--plaintext", "--timeout", "1", *arguments],
                capture_output=True, text=True, env=ENVIRONMENT, timeout=60)
            assert result.returncode == 1
            assert "DEADLINE_EXCEEDED" in result.stderr and address in result.stderr
            assert 1 <= time.monotonic() - began < 4, "neither of the look-ups has a limit of that length"
