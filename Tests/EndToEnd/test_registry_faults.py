"""The registry is killed while many instances heartbeat: nothing is lost, and nobody else notices."""

import os
import re
import signal
import threading

import grpc
import pytest

import protos
from mesh import background, curl, eventually


class Heart:
    """Instances that heartbeat through grpcio, as 50 processes would."""

    def __init__(self, mesh, stubs, count):
        self.stubs = stubs
        self.channel = protos.channel(mesh, mesh.registry_port, "client")
        self.client = stubs.registry_grpc.RegistryServiceStub(self.channel)
        self.instances = [
            stubs.registry.Instance(
                service="client", id=f"i-{number}", address="127.0.0.1", port=20_000 + number, lease_milliseconds=30_000)
            for number in range(count)]
        self.stop = threading.Event()
        self.thread = threading.Thread(target=self.beat)

    def register_all(self):
        for instance in self.instances:
            self.client.Register(self.stubs.registry.RegisterRequest(instance=instance), timeout=10)

    def beat(self):
        keys = [self.stubs.registry.InstanceKey(service=each.service, id=each.id) for each in self.instances]
        while not self.stop.wait(0.1):
            try:
                self.client.Heartbeat(self.stubs.registry.HeartbeatRequest(instances=keys), timeout=5)
            except grpc.RpcError:
                pass

    def resolve(self):
        answer = self.client.Resolve(
            self.stubs.registry.ResolveRequest(service="client"), timeout=10, wait_for_ready=True)
        return answer.revision, {instance.id for instance in answer.instances}

    def __enter__(self):
        self.register_all()
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.stop.set()
        self.thread.join()
        self.channel.close()


@pytest.mark.interop
def test_killing_the_registry_loses_nothing(own_mesh, stubs):
    path = "/v1/config/steady/prod"
    assert own_mesh.curl(path, method="PUT", data='{"config":{"n":1}}').status == 200
    with Heart(own_mesh, stubs, 50) as heart:
        revision, ids = heart.resolve()
        assert len(ids) == 50
        with background(lambda: own_mesh.curl(path).status) as statuses:
            for _ in range(3):
                first = own_mesh.child_pid("registry")
                os.kill(first, signal.SIGKILL)
                eventually(lambda: own_mesh.child_pid("registry") != first, 30, "the registry to come back")
                later, ids = heart.resolve()
                assert len(ids) == 50
                assert later >= revision
                revision = later
        assert set(statuses) == {200}, "traffic between services never stops"


def heartbeats(mesh):
    """Calls that carried heartbeats, and heartbeats, since the registry started."""
    text = curl(f"http://127.0.0.1:{mesh.registry_port}/metrics").text

    def value(series):
        found = re.search(rf"^{re.escape(series)} (\d+)", text, re.M)
        return int(found.group(1)) if found else 0

    method = 'grpc_server_call_started_total{grpc_method="weft.registry.v1.RegistryService/'
    return (
        value(method + 'HeartbeatStream"}'), value(method + 'Heartbeat"}'),
        value("weft_registry_heartbeats_total"))


@pytest.mark.interop
def test_services_heartbeat_on_one_call_and_go_on_with_a_registry_that_was_killed(own_mesh, stubs):
    # One lease of the mesh's own and a short one, so that many heartbeats come.
    second = own_mesh.start_config("second", "--lease", "2s")
    try:
        second.wait_for("registered")
        with protos.channel(own_mesh, own_mesh.registry_port) as channel:
            client = stubs.registry_grpc.RegistryServiceStub(channel)

            def came():
                answer = client.Resolve(
                    stubs.registry.ResolveRequest(service="config"), timeout=20, wait_for_ready=True)
                return {instance.id: instance.added_revision for instance in answer.instances}

            before = came()
            assert len(before) == 2
            for _ in range(3):
                first = own_mesh.child_pid("registry")
                os.kill(first, signal.SIGKILL)
                eventually(lambda: own_mesh.child_pid("registry") != first, 30, "the registry to come back")
                # Longer than the lease lasts without any.
                eventually(lambda: heartbeats(own_mesh)[2] >= 6, 30, "heartbeats")
                calls, single, _ = heartbeats(own_mesh)
                assert 1 <= calls <= 3 and single == 0, "a call for each client"
                assert came() == before, "nobody had to register again"
            second.stop(signal.SIGKILL)
            eventually(lambda: len(came()) == 1, 30, "the lease of the dead to run out")
    finally:
        second.stop(signal.SIGKILL)


class Watcher:
    """Follows the registry over any number of its deaths, as the documentation of Watch says."""

    def __init__(self, stubs, channel, service):
        self.stubs, self.service = stubs, service
        self.client = stubs.registry_grpc.RegistryServiceStub(channel)
        self.seen, self.problems, self.breaks = [], [], 0
        self.revision, self.history = 0, ""
        self.stop = threading.Event()
        self.call = None
        self.thread = threading.Thread(target=self.follow)

    def follow(self):
        while not self.stop.is_set():
            request = self.stubs.registry.WatchRequest(service=self.service, after_revision=self.revision)
            if self.history:
                request.history = self.history
            self.call = self.client.Watch(request, wait_for_ready=True)
            try:
                for answer in self.call:
                    self.take(answer)
            except grpc.RpcError:
                self.breaks += 1

    def take(self, answer):
        if answer.HasField("snapshot"):
            if self.revision:
                self.problems.append("a second snapshot")
            self.seen.extend(each.id for each in answer.snapshot.instances)
        for change in answer.changes:
            if change.revision <= self.revision:
                self.problems.append(f"revision {change.revision} after {self.revision}")
            self.seen.append(change.put.id)
        if answer.revision < self.revision:
            self.problems.append(f"the revision went from {self.revision} back to {answer.revision}")
        self.revision, self.history = answer.revision, answer.history

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.stop.set()
        if self.call:
            self.call.cancel()
        self.thread.join()


@pytest.mark.interop
def test_a_watch_held_over_kills_has_no_gap_and_no_duplicate(own_mesh, stubs):
    with protos.channel(own_mesh, own_mesh.registry_port) as channel:
        client = stubs.registry_grpc.RegistryServiceStub(channel)

        def register(number):
            instance = stubs.registry.Instance(
                service="client", id=f"w-{number}", address="127.0.0.1", port=30_000 + number,
                lease_milliseconds=60_000)
            client.Register(stubs.registry.RegisterRequest(instance=instance), timeout=20, wait_for_ready=True)

        register(0)
        with Watcher(stubs, channel, "client") as watcher:
            eventually(lambda: watcher.seen == ["w-0"], 20, "the snapshot")
            for number in range(1, 31):
                register(number)
                if number % 10 == 5:
                    first = own_mesh.child_pid("registry")
                    os.kill(first, signal.SIGKILL)
                    eventually(lambda: own_mesh.child_pid("registry") != first, 30, "the registry to come back")
            eventually(lambda: "w-30" in watcher.seen, 30, "the last change")
        assert watcher.problems == []
        assert watcher.breaks >= 3, "the watch was open at each kill"
        assert watcher.seen == [f"w-{number}" for number in range(31)]
