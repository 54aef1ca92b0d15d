"""What is asked: scenarios of requests, in order, each scenario with names of its own."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Request:
    method: str
    # Path and query. {name} stands for a value that an earlier answer of the scenario gave.
    target: str
    # A string is sent as it is, anything else as JSON.
    body: object = None
    headers: dict = dataclasses.field(default_factory=dict)
    # Values to keep for later requests: name -> path in the answer, as "body.ID", "body[0].Key", "index".
    keep: dict = dataclasses.field(default_factory=dict)
    # Keys of the answer whose values are any text.
    mask: tuple = ()
    # A request made 300 ms after this one was sent, while this one is held: what blocking queries wait for.
    meanwhile: "Request | None" = None
    # Ask again until the body holds this text: what Consul does in the background takes a moment.
    until: str = ""

    @property
    def label(self):
        return f"{self.method} {self.target}"


@dataclasses.dataclass(frozen=True)
class Scenario:
    name: str
    requests: tuple

    def steps(self):
        """The requests with labels of their own: a repeated one gets a number."""
        seen = {}
        for request in self.requests:
            seen[request.label] = seen.get(request.label, 0) + 1
            number = seen[request.label]
            yield (request.label if number == 1 else f"{request.label} #{number}"), request


def get(target, **rest):
    return Request("GET", target, **rest)


def put(target, body=None, **rest):
    return Request("PUT", target, body, **rest)


def delete(target, **rest):
    return Request("DELETE", target, **rest)


def post(target, body=None, **rest):
    return Request("POST", target, body, **rest)


def scenario(name, *requests):
    return Scenario(name, requests)
