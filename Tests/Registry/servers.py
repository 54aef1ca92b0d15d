"""The registries under test: Weft's own, and the programs that it is compared with."""

import http.client
import os
import socket
from pathlib import Path

from mesh import BINARY, ROOT, Process, eventually

PEERS = ROOT / ".tools/peers"
CONSUL = PEERS / "consul/usr/bin/consul"


def free_ports(count):
    """Ports that nobody listens on now, all different."""
    listeners = [socket.socket() for _ in range(count)]
    try:
        for listener in listeners:
            listener.bind(("127.0.0.1", 0))
        return [listener.getsockname()[1] for listener in listeners]
    finally:
        for listener in listeners:
            listener.close()


class Server:
    """A process with Consul's HTTP API on `http_port`."""

    name = ""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.process = None
        self.http_port = 0

    def command(self):
        raise NotImplementedError

    def is_ready(self):
        """Whether it answers as a registry with a leader."""
        try:
            connection = http.client.HTTPConnection("127.0.0.1", self.http_port, timeout=5)
            connection.request("GET", "/v1/status/leader")
            answer = connection.getresponse()
            return answer.status == 200 and len(answer.read().strip()) > 2
        except OSError:
            return False

    def start(self):
        self.process = Process(self.command(), self.folder, self.name)
        try:
            self.wait_until_ready()
        except BaseException:
            self.process.stop()
            raise
        return self

    def wait_until_ready(self):
        def ready():
            if self.process.popen.poll() is not None:
                raise AssertionError(f"{self.name} ended at once:\n{self.process.output()[-4000:]}")
            return self.is_ready()

        eventually(ready, 60, f"{self.name} to answer\n{self.process.output()[-2000:]}")

    @property
    def pid(self):
        return self.process.popen.pid

    @property
    def address(self):
        return f"127.0.0.1:{self.http_port}"

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.process.stop()


class Weft(Server):
    """`weft registry` alone, in plain text, on ports of its own."""

    name = "weft"

    def __init__(self, folder, *arguments):
        super().__init__(folder)
        self.arguments = arguments
        self.http_port, self.rpc_port, self.dns_port = free_ports(3)

    def command(self):
        return [
            BINARY, "registry", "--insecure", "--data-dir", self.folder / "data", "--http-port", self.http_port,
            "--rpc-port", self.rpc_port, "--dns-port", self.dns_port, *self.arguments]


class Consul(Server):
    """One real Consul server, on loopback, that calls nobody."""

    name = "consul"

    def __init__(self, folder, *arguments, durable=False):
        super().__init__(folder)
        self.arguments = arguments
        self.durable = durable
        self.http_port, self.dns_port, self.server_port, self.serf_port = free_ports(4)

    def command(self):
        mode = ["-server", "-bootstrap-expect=1", "-data-dir", self.folder / "data"] if self.durable else ["-dev"]
        return [
            CONSUL, "agent", *mode, "-node", "weft", "-bind", "127.0.0.1", "-client", "127.0.0.1",
            "-http-port", self.http_port, "-dns-port", self.dns_port, "-grpc-port", -1,
            "-server-port", self.server_port, "-serf-lan-port", self.serf_port, "-serf-wan-port", -1,
            "-log-level", "warn", "-hcl", "disable_update_check = true", *self.arguments]


def weft(folder, token=None, default="allow"):
    """Weft with access control when there is a token, one that may do everything.

    - default: what happens to what no rule tells of: "allow" or "deny".
    """
    return Weft(folder, *(["--initial-management-token", token, "--default-policy", default] if token else []))


def consul(folder, token=None, default="allow"):
    """Consul, set up likewise."""
    access = f'enabled = true default_policy = "{default}" tokens {{ master = "{token}" }}'
    return Consul(folder, *(["-hcl", f'primary_datacenter = "dc1" acl {{ {access} }}'] if token else []))


def under_test(folder, token=None, default="allow"):
    """Weft, or, to try the tests themselves, a real Consul (REGISTRY_UNDER_TEST=consul)."""
    made = consul if os.environ.get("REGISTRY_UNDER_TEST") == "consul" else weft
    return made(folder, token, default)
