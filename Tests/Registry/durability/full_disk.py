"""A registry on a disk that runs full under load: a small tmpfs in a mount namespace of its own."""

import http.client
import json
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


class Hoard:
    """Ever more keys. What only replaces what was there may go on when these find no room."""

    PATH = "/v1/kv/hoard/"
    VALUE = "x" * 65_536

    def __init__(self):
        self.forget()

    def forget(self):
        self.acknowledged, self.open = set(), set()
        self.refused, self.number = 0, 0

    def write(self, port, stop):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        try:
            while not stop.is_set():
                self.number += 1
                name = str(self.number)
                self.open.add(name)
                connection.request("PUT", self.PATH + name, self.VALUE)
                answer = connection.getresponse()
                answer.read()
                self.open.remove(name)
                if answer.status == 200:
                    self.acknowledged.add(name)
                else:
                    self.refused += 1
        except (OSError, http.client.HTTPException):
            pass
        finally:
            connection.close()

    def check(self, port):
        """Everything acknowledged is there, and nothing that was refused. Then all of it goes."""
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        try:
            connection.request("GET", self.PATH + "?keys")
            answer = connection.getresponse()
            text = answer.read()
            found = {key.removeprefix("hoard/") for key in json.loads(text)} if answer.status == 200 else set()
            if not self.acknowledged <= found <= self.acknowledged | self.open:
                raise Broken(f"hoard: lost {self.acknowledged - found}, and {found - self.acknowledged} came")
            connection.request("DELETE", self.PATH + "?recurse")
            answer = connection.getresponse()
            text = answer.read().decode()
            if answer.status != 200:
                raise Broken(f"hoard: it cannot be removed although there is room: {text}")
        finally:
            connection.close()
        self.forget()


class FullDisk(Trial):
    def __init__(self, server, stubs, seed, megabytes=256):
        self.data, self.megabytes = server.folder / "data", megabytes
        mount(self.data, megabytes)
        self.ballast = self.data / "ballast"
        super().__init__(server, stubs, seed)
        self.reads = self.beats = self.refusals_of_growth = 0
        self.hoard = Hoard()

    def round(self):
        """Fills the disk, goes on until writes are refused, kills, makes room, and checks."""
        self.number += 1
        if self.room() < self.megabytes << 19:
            self.start_empty()
        self.fill(self.generator.randrange(0, 300_000))
        stop = threading.Event()
        seed = f"{self.seed}/{self.number}"
        threads = [
            *(threading.Thread(target=self.catalogue.write, args=(each, self.server.rpc_port, stop, seed))
              for each in range(self.catalogue.writers)),
            *(threading.Thread(target=self.keys.write, args=(each, self.server.http_port, stop, seed))
              for each in range(self.keys.writers)),
            threading.Thread(target=self.hoard.write, args=(self.server.http_port, stop))]
        for thread in threads:
            thread.start()
        try:
            eventually(lambda: self.hoard.refused > 20, 60, "writes to be refused")
            self.probe(time.monotonic() + self.generator.uniform(0.1, 0.6))
        finally:
            self.kill()
            stop.set()
            for thread in threads:
                thread.join()
        self.refusals_of_growth += self.hoard.refused
        self.ballast.unlink()
        self.server.start()
        self.hoard.check(self.server.http_port)
        self.check()

    def room(self):
        disk = os.statvfs(self.data)
        return disk.f_bavail * disk.f_frsize

    def start_empty(self):
        """The store has grown, as each round lets it, until making room would give it too little: SQLite has to write
        before it can forget what filled the disk."""
        self.kill()
        for file in self.data.iterdir():
            file.unlink()
        self.server.start()
        self.forget()

    def fill(self, leave):
        """Takes all room but so many bytes."""
        with open(self.ballast, "wb") as file:
            os.posix_fallocate(file.fileno(), 0, max(self.room() - leave, 4096))

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
            "refused": self.refusals_of_growth,
            "refusals": sorted(self.catalogue.refusals | self.keys.refusals)[:4]}

