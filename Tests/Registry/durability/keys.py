"""Load on the KV store over Consul's HTTP API, and what it holds."""

import base64
import http.client
import json
import random

from .ledger import Broken, Ledger

PREFIX = "durable/"


class Keys:
    """Single keys by put and delete, and pairs of keys by transactions."""

    def __init__(self, writers=4, keys=4):
        self.ledger = Ledger("kv")
        self.writers, self.keys = writers, keys
        self.groups = [self.pair(writer) for writer in range(writers)]
        self.highest_index = 0
        self.refusals = set()

    def is_served(self, port):
        """Whether the registry has a KV store at this port yet."""
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        try:
            connection.request("PUT", "/v1/kv/probe", "x")
            return connection.getresponse().status == 200
        finally:
            connection.close()

    def pair(self, writer):
        return (f"w{writer}/pair/a", f"w{writer}/pair/b")

    def value(self, number):
        return f"{number}:" + str(number) * 30

    def number_of(self, key, value):
        number = int(value.split(":")[0])
        if value != self.value(number):
            raise Broken(f"kv: {key} is half of {number}: {value}")
        return number

    def write(self, writer, port, stop, seed):
        generator = random.Random(f"{seed}/kv/{writer}")
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        try:
            while not stop.is_set():
                number = None if generator.random() < 0.2 else generator.randrange(1, 1_000_000_000)
                if generator.random() < 0.3:
                    keys = self.pair(writer)
                else:
                    keys = (f"w{writer}/{generator.randrange(self.keys)}",)
                if not self.write_some(connection, keys, number):
                    return
        finally:
            connection.close()

    def request(self, keys, number):
        """Method, path and body that make these keys become what the number stands for."""
        if len(keys) == 1:
            path = f"/v1/kv/{PREFIX}{keys[0]}"
            return ("DELETE", path, None) if number is None else ("PUT", path, self.value(number))
        operations = [{"KV": self.operation(key, number)} for key in keys]
        return "PUT", "/v1/txn", json.dumps(operations)

    def operation(self, key, number):
        if number is None:
            return {"Verb": "delete", "Key": PREFIX + key}
        return {"Verb": "set", "Key": PREFIX + key, "Value": base64.b64encode(self.value(number).encode()).decode()}

    def write_some(self, connection, keys, number):
        self.ledger.ask(keys, number)
        try:
            connection.request(*self.request(keys, number))
            answer = connection.getresponse()
            text = answer.read().decode()
        except (OSError, http.client.HTTPException):
            self.ledger.leave_open()
            return False
        if answer.status == 200 and text.strip() != "false":
            self.ledger.acknowledge(keys, number)
            return True
        self.refusals.add(f"{answer.status}: {text}")
        self.ledger.refuse(keys)
        return True

    def read(self, port):
        """The index, and key -> number."""
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        try:
            connection.request("GET", f"/v1/kv/{PREFIX}?recurse")
            answer = connection.getresponse()
            text = answer.read()
        finally:
            connection.close()
        entries = json.loads(text) if answer.status == 200 else []
        values = {
            entry["Key"].removeprefix(PREFIX): base64.b64decode(entry["Value"] or "").decode() for entry in entries}
        return int(answer.headers.get("X-Consul-Index", 0)), {key: self.number_of(key, text) for key, text in values.items()}

    def check(self, port):
        index, found = self.read(port)
        if index < self.highest_index:
            raise Broken(f"kv: the index fell from {self.highest_index} to {index}")
        self.highest_index = index
        self.ledger.check(found, self.groups)

    def check_whole(self, port):
        """After a loss that nobody can prevent: no value and no transaction may be there by half."""
        index, found = self.read(port)
        if index < self.highest_index:
            raise Broken(f"kv: the index fell from {self.highest_index} to {index}")
        self.highest_index = index
        for group in self.groups:
            if len({found.get(key) for key in group}) > 1:
                raise Broken(f"kv: {group} were written together and are {[found.get(key) for key in group]}")
        self.ledger.settle(found)
