"""A registry on a disk that runs full under load: a small tmpfs in a mount namespace of its own."""

import os
import subprocess
import sys
import threading
import time

import grpc

from mesh import eventually

from .catalogue import SERVICE
from .ledger import Broken
from .rounds import Trial

MARK = "WEFT_DURABILITY_DISK"


def run_in_namespace(arguments):
    """Runs this program again where a mount concerns nobody else. Gives its exit code."""
    command = ["unshare", "--mount", "--propagation", "private", sys.executable, *arguments]
    return subprocess.run(command, env={**os.environ, MARK: "1"}).returncode


def is_in_namespace():
    return os.environ.get(MARK) == "1"


def mount(folder, megabytes):
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", folder], check=True)


class FullDisk(Trial):
    def __init__(self, server, stubs, seed, megabytes=24):
        self.data = server.folder / "data"
        mount(self.data, megabytes)
        self.ballast = self.data / "ballast"
        super().__init__(server, stubs, seed)
        self.reads = self.beats = 0

    def round(self):
        """Fills the disk, goes on until writes are refused, kills, makes room, and checks."""
        self.number += 1
        loads = [load for load in (self.catalogue, self.keys) if load.writers]
        for load in loads:
            load.ledger.counts["refused"] = 0
        self.fill(self.generator.randrange(0, 300_000))
        stop = threading.Event()
        seed = f"{self.seed}/{self.number}"
        threads = [
            *(threading.Thread(target=self.catalogue.write, args=(each, self.server.rpc_port, stop, seed))
              for each in range(self.catalogue.writers)),
            *(threading.Thread(target=self.keys.write, args=(each, self.server.http_port, stop, seed))
              for each in range(self.keys.writers))]
        for thread in threads:
            thread.start()
        try:
            eventually(
                lambda: min(load.ledger.counts["refused"] for load in loads) > 20, 60,
                "writes to be refused")
            self.probe(time.monotonic() + self.generator.uniform(0.1, 0.6))
        finally:
            self.kill()
            stop.set()
            for thread in threads:
                thread.join()
        self.ballast.unlink()
        self.server.start()
        self.check()

    def fill(self, leave):
        """Takes all room but so many bytes."""
        disk = os.statvfs(self.data)
        room = disk.f_bavail * disk.f_frsize - leave
        with open(self.ballast, "wb") as file:
            os.posix_fallocate(file.fileno(), 0, max(room, 4096))

    def probe(self, deadline):
        """While writes are refused, reads and heartbeats go on."""
        channel, client = self.catalogue.client(self.server.rpc_port)
        registry = self.catalogue.stubs.registry
        with channel:
            while time.monotonic() < deadline:
                _, found = self.catalogue.read(client)
                self.keys.read(self.server.http_port)
                self.reads += 1
                keys = [registry.InstanceKey(service=SERVICE, id=id) for id in found]
                try:
                    answer = client.Heartbeat(registry.HeartbeatRequest(instances=keys), timeout=10)
                except grpc.RpcError as error:
                    raise Broken(f"a heartbeat failed on a full disk: {error.code()}: {error.details()}") from error
                self.beats += len(keys) - len(answer.unknown)

    def summary(self):
        return {
            **super().summary(), "reads while full": self.reads, "heartbeats while full": self.beats,
            "refusals": sorted(self.catalogue.refusals | self.keys.refusals)[:4]}

