"""A weft process to attack, and the process that attacks it."""

import multiprocessing
import re
import resource
import subprocess
import time
import urllib.request

import attacker
import machine
import pytest
from mesh import BINARY, ENVIRONMENT, ROOT, Process, eventually
from victim import Victim
from wire import EMPTY_MESSAGE, RPC, Peer, data, reset


class Target:
    """A registry with one event loop on a core of its own: gRPC methods and plain HTTP on one port."""

    def __init__(self, folder, tls):
        # Every connection is a file, on both sides.
        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
        arguments = ["--insecure"]
        self.certs = None
        if tls:
            for name in ("registry", "client"):
                subprocess.run([BINARY, "certs", "issue", name, "--certs", folder], check=True, env=ENVIRONMENT,
                               cwd=folder, stdout=subprocess.DEVNULL)
            arguments = ["--certs", folder]
            self.certs = str(folder)
        self.process = Process(
            ["taskset", "-c", machine.SERVER, *machine.first(), BINARY, "registry", "--port", 0, "--threads", 1,
             "--drain", "1s", *arguments], folder, "registry")
        self.port = int(self.process.wait_for(r"listening .*port=(\d+)").group(1))
        self.address = ("127.0.0.1", self.port)
        # h2load shows no certificate: over TLS it is an attacker's neighbour in plain text, on the same loop.
        self.victim = Victim(folder, self.address)

    def resident(self):
        return machine.resident(self.process.popen.pid)

    def fill_metrics(self, series):
        """Calls every method so that it ends with one status and another, until `/metrics` has so many series."""
        for path in methods():
            fields = [(":path", path) if name == ":path" else (name, value)
                      for name, value in [*RPC[:1], (":path", ""), *RPC[1:]]]
            with Peer(self.address) as peer:
                for stream, message in ((1, EMPTY_MESSAGE), (3, b"\0\0\0\0\1\xff"), (5, b"")):
                    peer.send(peer.headers(stream, fields, end=False),
                              data(stream, message, True) if message else reset(stream))
                peer.expect_life()
        eventually(lambda: self.series() >= series, 30, f"{series} series")

    def series(self):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/metrics", timeout=30) as page:
            return sum(not line.startswith(b"#") for line in page)


def methods():
    """The paths of the registry's methods."""
    for file in sorted((ROOT / "proto/weft/registry/v1").glob("*.proto")):
        text = file.read_text()
        for service, body in re.findall(r"^service (\w+) {(.*?)^}", text, re.S | re.M):
            for method in re.findall(r"^ +rpc (\w+)", body, re.M):
                yield f"/weft.registry.v1.{service}/{method}"


@pytest.fixture
def make_target(tmp_path):
    made = []

    def make(tls=False):
        made.append(Target(tmp_path, tls))
        return made[-1]

    yield make
    for target in made:
        ended = target.process.popen.poll()
        target.process.stop()
        assert ended is None, "the server died:\n" + target.process.output()[-4000:]


class Attack:
    """A process that attacks, burns as much of its core, or rests."""

    def __init__(self, kind, target):
        # Forked children would share pytest's threads and files.
        context = multiprocessing.get_context("spawn")
        self.mode, self.held = context.Value("i", attacker.REST), context.Value("i", 0)
        self.process = context.Process(
            target=attacker.run, args=(kind, target.address, self.mode, self.held, target.certs), daemon=True)

    def __enter__(self):
        self.process.start()
        return self

    def __exit__(self, *_):
        self.mode.value = attacker.END
        self.process.join(30)
        if self.process.is_alive():
            self.process.kill()

    def rest(self):
        self.mode.value = attacker.REST
        eventually(lambda: self.held.value == 0, 60, "the attack to end")
        time.sleep(0.3)

    def burn(self):
        """Begins when nothing is left of an attack: this measures the machine, not the server."""
        self.rest()
        self.mode.value = attacker.BURN
        time.sleep(0.1)

    def attack(self, connections=1):
        """Begins, and waits until it has as many connections."""
        self.mode.value = attacker.ATTACK
        eventually(lambda: self.held.value >= connections, 60, f"{connections} connections that attack")
        time.sleep(0.5)


@pytest.fixture
def attack_on():
    return Attack
