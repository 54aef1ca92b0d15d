"""Stands in for the conftest.py of py-consul's own tests, which starts containers: gives them a process of ours."""

import collections
import http.server
import tempfile
import threading
import uuid

import pytest
import requests

from servers import under_test

Instance = collections.namedtuple("Instance", ["container", "port", "version"])


class Fine(http.server.BaseHTTPRequestHandler):
    """What the suite's HTTP checks look at: in its containers, the agent's own port 8500."""

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture(scope="session", autouse=True)
def port_8500():
    try:
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 8500), Fine)
    except OSError:
        # Somebody else's, who may answer as well.
        yield
        return
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield
    server.shutdown()
    server.server_close()


def running(token=None):
    # Folders of pytest's are kept; these would be hundreds.
    with tempfile.TemporaryDirectory() as folder, under_test(folder, token) as server:
        fields = {"X-Consul-Token": token} if token else {}
        told = requests.get(f"http://{server.address}/v1/agent/self", headers=fields, timeout=10).json()
        yield Instance(None, server.http_port, told["Config"]["Version"].strip())


@pytest.fixture
def consul_instance():
    yield from running()


@pytest.fixture
def acl_consul_instance():
    token = str(uuid.uuid4())
    for instance in running(token):
        yield instance, token


@pytest.fixture
def consul_port(consul_instance):
    return consul_instance.port, consul_instance.version
