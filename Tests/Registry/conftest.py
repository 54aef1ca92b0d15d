"""Fixtures: registries as processes, and the programs of others that talk to them."""

import json
import subprocess
import urllib.request

import pytest

from mesh import ENVIRONMENT, Process
from servers import CONSUL, under_test


class Registry:
    """A running registry, with what tests do to it."""

    def __init__(self, server, folder):
        self.server, self.folder = server, folder
        self.address = server.address

    def call(self, method, path, body=None):
        """The JSON that an endpoint answers; nothing for an empty answer."""
        data = json.dumps(body).encode() if body is not None else None
        request = urllib.request.Request(f"http://{self.address}{path}", data=data, method=method)
        with urllib.request.urlopen(request, timeout=30) as answer:
            text = answer.read()
        return json.loads(text) if text else None

    def get(self, path):
        return self.call("GET", path)

    def put(self, path, body=None):
        return self.call("PUT", path, body)

    def register(self, name, port, **rest):
        self.put("/v1/agent/service/register", {"Name": name, "Port": port, "Address": "127.0.0.1", **rest})

    def consul(self, *arguments, check=True, stdin=None, seconds=30, token=None):
        """Runs the `consul` command against the registry."""
        environment = {**ENVIRONMENT, "CONSUL_HTTP_ADDR": self.address}
        if token:
            environment["CONSUL_HTTP_TOKEN"] = token
        done = subprocess.run(
            [str(word) for word in (CONSUL, *arguments)], cwd=self.folder, env=environment, input=stdin,
            capture_output=True, text=True, timeout=seconds, stdin=None if stdin is not None else subprocess.DEVNULL)
        assert not check or done.returncode == 0, f"consul {arguments}: {done.stdout}{done.stderr}"
        return done

    def consul_in_background(self, *arguments):
        command = ["env", f"CONSUL_HTTP_ADDR={self.address}", CONSUL, *arguments]
        return Process(command, self.folder, f"consul-{arguments[0]}-{len(list(self.folder.iterdir()))}")


@pytest.fixture
def registry(tmp_path):
    with under_test(tmp_path / "registry") as server:
        yield Registry(server, tmp_path)


@pytest.fixture(scope="module")
def shared_registry(tmp_path_factory):
    """One registry for a whole file of tests that take names of their own."""
    folder = tmp_path_factory.mktemp("shared")
    with under_test(folder / "registry") as server:
        yield Registry(server, folder)
