"""Running servers and clients."""
import dataclasses
import json
import os
import re
import subprocess

from . import build, machine


@dataclasses.dataclass(frozen=True)
class Peer:
    name: str
    # Commands, to which arguments are added.
    server: list
    client: list
    # What part of the calls it is given: slow peers would take all the time of a run.
    share: float
    # Arguments of the client behind the others.
    flags: tuple = ()


SHARES = {"weft": 1.0, "grpc-cpp": 1.0, "grpc-swift": 0.2, "grpc-python": 0.1}


def made(names, compiles=True):
    """The peers of these names, built unless that is done already."""
    for name in names if compiles else ():
        build.BUILDERS[name]()
    return [Peer(name, *build.COMMANDS[name], SHARES[name]) for name in names]


def on_the_pool(weft):
    """Weft's client whose callers are no tasks of its event loop, but of Swift's thread pool."""
    return dataclasses.replace(weft, name="weft, pool", flags=("--pool",))


class Server:
    """A server that listens on a free port, for as long as the `with` takes."""

    def __init__(self, peer, flags=(), environment=None):
        self.peer = peer
        command = [str(part) for part in (*peer.server, "0", *flags)]
        self.process = subprocess.Popen(
            command, stdout=subprocess.PIPE, text=True, env={**os.environ, **(environment or {})})
        line = self.process.stdout.readline()
        listening = re.search(r"listening on (\d+)", line)
        if not listening:
            self.process.kill()
            raise SystemExit(f"the server of {peer.name} did not start")
        self.port = int(listening.group(1))

    @property
    def pid(self):
        return self.process.pid

    @property
    def cpu_seconds(self):
        return machine.cpu_seconds(self.pid)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()


def run_client(peer, port, calls, concurrency, environment=None):
    """Makes calls; gives the client's CPU and what its callers waited, in microseconds."""
    command = [str(part) for part in (*peer.client, port, calls, concurrency, *peer.flags)]
    text = subprocess.run(
        command, check=True, capture_output=True, text=True, env={**os.environ, **(environment or {})}).stdout
    told = json.loads(text)
    return {"client_cpu": told["cpu"] / told["calls"] * 1e6, "p50": told["p50"], "p99": told["p99"]}
