"""Watchers that are held over every kill, and what they must have seen."""

import base64
import http.client
import json
import threading

import grpc

from .catalogue import SERVICE
from .keys import PREFIX
from .ledger import Broken


class CatalogueFollower:
    """Follows Watch as its documentation says, on whatever port the registry has next."""

    def __init__(self, catalogue, port):
        self.catalogue, self.port = catalogue, port
        self.revision, self.history = 0, ""
        self.state, self.seen, self.problems = {}, set(), []
        self.snapshots, self.breaks = 0, 0
        # The revision of the first snapshot: what came before was never told.
        self.began = None
        self.stop, self.call, self.in_snapshot = threading.Event(), None, False
        self.thread = threading.Thread(target=self.follow, daemon=True)
        self.thread.start()

    def follow(self):
        registry = self.catalogue.stubs.registry
        channel, client = self.catalogue.client(self.port)
        with channel:
            while not self.stop.is_set():
                request = registry.WatchRequest(
                    service=SERVICE, after_revision=self.revision, history=self.history)
                try:
                    self.call = client.Watch(request, wait_for_ready=True)
                    for answer in self.call:
                        self.take(answer)
                except grpc.RpcError:
                    self.breaks += 1
                except Broken as error:
                    self.problems.append(str(error))
                    return

    def take(self, answer):
        if answer.HasField("snapshot"):
            if not self.in_snapshot:
                self.state = {}
                self.snapshots += 1
            self.state.update(
                {instance.id: self.catalogue.number_of(instance) for instance in answer.snapshot.instances})
        elif answer.after_revision != self.revision:
            raise Broken(f"watch: it stands at {self.revision} and was told what follows {answer.after_revision}")
        self.in_snapshot = answer.snapshot_continues
        for change in answer.changes:
            key = (change.revision, change.put.id or change.removed.id)
            if change.revision <= self.revision and not answer.HasField("snapshot"):
                raise Broken(f"watch: {key} was told again, or out of order, after {self.revision}")
            if key in self.seen:
                raise Broken(f"watch: {key} was told twice")
            self.seen.add(key)
            if change.HasField("put"):
                self.state[change.put.id] = self.catalogue.number_of(change.put)
            else:
                self.state.pop(change.removed.id, None)
        if answer.revision < self.revision and not answer.HasField("snapshot"):
            raise Broken(f"watch: the revision fell from {self.revision} to {answer.revision}")
        self.revision, self.history = answer.revision, answer.history
        if self.began is None and not self.in_snapshot:
            self.began = answer.revision

    def raise_problems(self):
        if self.problems:
            raise Broken(self.problems[0])

    def end(self):
        self.stop.set()
        while self.thread.is_alive():
            # A call may just be replaced by the next.
            if self.call:
                self.call.cancel()
            self.thread.join(0.05)


class KeysFollower:
    """Follows a prefix by blocking queries, as Consul's clients do."""

    def __init__(self, keys, port):
        self.keys, self.port = keys, port
        self.index, self.state, self.problems = 0, {}, []
        self.answers, self.breaks = 0, 0
        self.stop = threading.Event()
        self.thread = threading.Thread(target=self.follow, daemon=True)
        self.thread.start()

    def follow(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        while not self.stop.is_set():
            try:
                connection.request("GET", f"/v1/kv/{PREFIX}?recurse&index={self.index}&wait=1s")
                answer = connection.getresponse()
                self.take(answer, answer.read())
            except (OSError, http.client.HTTPException):
                self.breaks += 1
                connection.close()
                self.stop.wait(0.05)
            except Broken as error:
                self.problems.append(str(error))
                return
        connection.close()

    def take(self, answer, text):
        if answer.status not in (200, 404):
            raise Broken(f"kv watch: {answer.status}: {text[:200]}")
        index = int(answer.headers.get("X-Consul-Index", 0))
        if index < self.index:
            raise Broken(f"kv watch: the index fell from {self.index} to {index}")
        entries = json.loads(text) if answer.status == 200 else []
        state = {entry["Key"].removeprefix(PREFIX): base64.b64decode(entry["Value"] or "").decode() for entry in entries}
        numbers = {key: self.keys.number_of(key, value) for key, value in state.items()}
        if index == self.index and self.answers and numbers != self.state:
            raise Broken(f"kv watch: another state at the same index {index}")
        self.index, self.state = index, numbers
        self.answers += 1

    def raise_problems(self):
        if self.problems:
            raise Broken(self.problems[0])

    def end(self):
        self.stop.set()
        self.thread.join(10)
