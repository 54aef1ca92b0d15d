"""Load on the catalogue over RPC, and what the catalogue holds."""

import random

import grpc

from .ledger import Broken, Ledger

SERVICE = "durable"
LONGEST_LEASE = 86_400_000
# The registry says by these that it has not done what was asked.
REFUSALS = (grpc.StatusCode.RESOURCE_EXHAUSTED, grpc.StatusCode.FAILED_PRECONDITION, grpc.StatusCode.INVALID_ARGUMENT)


class Catalogue:
    def __init__(self, stubs, writers=8, ids=4):
        self.stubs = stubs
        self.ledger = Ledger("catalogue")
        self.writers, self.ids = writers, ids
        self.refusals = set()
        # What the last write that was not acknowledged was answered.
        self.last_error = ""

    def client(self, port):
        channel = grpc.insecure_channel(
            f"127.0.0.1:{port}", options=[
                ("grpc.use_local_subchannel_pool", 1), ("grpc.initial_reconnect_backoff_ms", 50),
                ("grpc.min_reconnect_backoff_ms", 50), ("grpc.max_reconnect_backoff_ms", 200)])
        return channel, self.stubs.registry_grpc.RegistryServiceStub(channel)

    def instance(self, id, number):
        """An instance every part of which tells the number."""
        text = str(number)
        return self.stubs.registry.Instance(
            service=SERVICE, id=id, address="127.0.0.1", port=number % 60_000 + 1, version=text, tags=[f"n{text}"],
            metadata={"number": text, "padding": text * 20}, lease_milliseconds=LONGEST_LEASE)

    def number_of(self, instance):
        """The number that all parts of an instance tell."""
        number = int(instance.version)
        expected = self.instance(instance.id, number)
        for part in ("service", "address", "port", "version", "tags", "metadata"):
            if getattr(instance, part) != getattr(expected, part):
                raise Broken(f"catalogue: {instance.id} is half of {number}: {instance}")
        return number

    def write(self, writer, port, stop, seed):
        """Registers and deregisters until the stop or until nobody answers."""
        generator = random.Random(f"{seed}/{writer}")
        channel, client = self.client(port)
        try:
            while not stop.is_set():
                id = f"w{writer}-{generator.randrange(self.ids)}"
                number = None if generator.random() < 0.2 else generator.randrange(1, 1_000_000_000)
                if not self.write_one(client, id, number):
                    return
        finally:
            channel.close()

    def write_one(self, client, id, number, seconds=20):
        """Whether the registry answered."""
        self.ledger.ask([id], number)
        try:
            if number is None:
                key = self.stubs.registry.InstanceKey(service=SERVICE, id=id)
                answer = client.Deregister(self.stubs.registry.DeregisterRequest(instance=key), timeout=seconds)
            else:
                request = self.stubs.registry.RegisterRequest(instance=self.instance(id, number))
                answer = client.Register(request, timeout=seconds)
        except grpc.RpcError as error:
            self.last_error = f"{error.code().name}: {error.details()}"
            if error.code() in REFUSALS:
                self.refusals.add(f"{error.code().name}: {error.details()}")
                self.ledger.refuse([id])
                return True
            self.ledger.leave_open()
            return False
        self.ledger.acknowledge([id], number, answer.revision)
        return True

    def read(self, client, seconds=20):
        """The revision, and id -> number."""
        answer = client.Resolve(
            self.stubs.registry.ResolveRequest(service=SERVICE), timeout=seconds, wait_for_ready=True)
        return answer.revision, {instance.id: self.number_of(instance) for instance in answer.instances}

    def check(self, port, least_revision):
        """Holds what is there against the ledger. Gives the revision."""
        channel, client = self.client(port)
        with channel:
            revision, found = self.read(client)
        if revision < max(least_revision, self.ledger.highest_revision):
            raise Broken(f"catalogue: the revision fell from {self.ledger.highest_revision} to {revision}")
        self.ledger.check(found)
        return revision

    def check_prefix(self, port, before):
        """After a loss that nobody can prevent: what is there must be the catalogue as it once was."""
        channel, client = self.client(port)
        with channel:
            revision, found = self.read(client)
        if revision < self.ledger.highest_revision:
            raise Broken(f"catalogue: the revision fell from {self.ledger.highest_revision} to {revision}")
        self.ledger.check_prefix(found, before)
        self.ledger.settle(found)

    def state(self):
        """What the ledger takes to be there."""
        return {id: entry.acknowledged for id, entry in self.ledger.entries.items()}
