"""Running registries: Weft's, etcd and Consul, each alone on loopback, with its data on the same disk."""
import os
import shutil
import socket
import subprocess
import time
import urllib.request

from . import machine
from .paths import ROOT, SCRATCH

PEERS = ROOT / ".tools" / "peers"
DATA = SCRATCH / "registry"


def free_ports(count):
    listeners = [socket.socket() for _ in range(count)]
    for listener in listeners:
        listener.bind(("127.0.0.1", 0))
    ports = [listener.getsockname()[1] for listener in listeners]
    for listener in listeners:
        listener.close()
    return ports


class Registry:
    """A registry that keeps everything durable, for as long as the `with` takes."""

    name = ""
    # Whether it speaks RPC, Consul's HTTP API, and DNS.
    rpc_port = http_port = dns_port = None

    def command(self, folder):
        raise NotImplementedError

    def url(self):
        """What answers once it is ready."""
        raise NotImplementedError

    def __enter__(self):
        folder = DATA / self.name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        with open(DATA / f"{self.name}.log", "wb") as log:
            self.process = subprocess.Popen(
                [str(part) for part in self.command(folder)], cwd=folder, stdout=log, stderr=log,
                env={key: value for key, value in os.environ.items() if not key.startswith("WEFT_")})
        deadline = time.monotonic() + 60
        while not self.answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise SystemExit(f"{self.name} did not start: see {DATA / self.name}.log")
            time.sleep(0.05)
        return self

    def answers(self):
        try:
            with urllib.request.urlopen(self.url(), timeout=5) as answer:
                return answer.status == 200 and len(answer.read()) > 2
        except OSError:
            return False

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()

    @property
    def cpu_seconds(self):
        return machine.cpu_seconds(self.process.pid)


class Weft(Registry):
    name = "weft"

    def command(self, folder):
        self.rpc_port, self.http_port, self.dns_port = free_ports(3)
        return [
            ROOT / ".build/release/weft", "registry", "--insecure", "--data-dir", folder / "data", "--rpc-port",
            self.rpc_port, "--http-port", self.http_port, "--dns-port", self.dns_port, "--log-level", "warning"]

    def url(self):
        return f"http://127.0.0.1:{self.http_port}/v1/status/leader"


class Etcd(Registry):
    name = "etcd"

    def command(self, folder):
        self.rpc_port, peer_port = free_ports(2)
        client, peer = f"http://127.0.0.1:{self.rpc_port}", f"http://127.0.0.1:{peer_port}"
        return [
            PEERS / "etcd-server/usr/bin/etcd", "--name", "one", "--data-dir", folder / "data", "--log-level", "error",
            "--listen-client-urls", client, "--advertise-client-urls", client, "--listen-peer-urls", peer,
            "--initial-advertise-peer-urls", peer, "--initial-cluster", f"one={peer}"]

    def url(self):
        return f"http://127.0.0.1:{self.rpc_port}/health"


class Consul(Registry):
    name = "consul"

    def command(self, folder):
        self.http_port, self.dns_port, server_port, serf_port = free_ports(4)
        # A thousand watchers come from one address.
        limits = "disable_update_check = true limits { http_max_conns_per_client = 10000 }"
        return [
            PEERS / "consul/usr/bin/consul", "agent", "-server", "-bootstrap-expect=1", "-data-dir", folder / "data",
            "-node", "bench", "-bind", "127.0.0.1", "-client", "127.0.0.1", "-http-port", self.http_port,
            "-dns-port", self.dns_port, "-grpc-port", -1, "-server-port", server_port, "-serf-lan-port", serf_port,
            "-serf-wan-port", -1, "-log-level", "err", "-hcl", limits]

    def url(self):
        return f"http://127.0.0.1:{self.http_port}/v1/status/leader"


ALL = {"weft": Weft, "etcd": Etcd, "consul": Consul}
