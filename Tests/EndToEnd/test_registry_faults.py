"""The registry is killed while many instances heartbeat: nothing is lost, and nobody else notices."""

import os
import signal
import threading

import grpc
import pytest

import protos
from mesh import background, eventually


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


@pytest.mark.interop
def test_a_watcher_resumes_without_a_gap_or_a_duplicate(own_mesh, stubs):
    def instance(number):
        return stubs.registry.Instance(
            service="client", id=f"w-{number}", address="127.0.0.1", port=30_000 + number, lease_milliseconds=60_000)

    with protos.channel(own_mesh, own_mesh.registry_port) as channel:
        client = stubs.registry_grpc.RegistryServiceStub(channel)
        seen, revision = [], 0

        def register(numbers):
            for number in numbers:
                client.Register(
                    stubs.registry.RegisterRequest(instance=instance(number)), timeout=10, wait_for_ready=True)

        def follow(until):
            nonlocal revision
            request = stubs.registry.WatchRequest(service="client", after_revision=revision)
            watch = client.Watch(request, timeout=60, wait_for_ready=True)
            for answer in watch:
                if answer.HasField("snapshot"):
                    assert not seen, "what is kept needs no second snapshot"
                    seen.extend(each.id for each in answer.snapshot.instances)
                for change in answer.changes:
                    assert change.revision > revision or not seen
                    seen.append(change.put.id)
                revision = max(revision, answer.revision)
                if until in seen:
                    watch.cancel()
                    return

        register(range(5))
        follow("w-4")
        first = own_mesh.child_pid("registry")
        os.kill(first, signal.SIGKILL)
        eventually(lambda: own_mesh.child_pid("registry") != first, 30, "the registry to come back")
        register(range(5, 10))
        follow("w-9")
        assert sorted(seen) == [f"w-{number}" for number in range(10)]
