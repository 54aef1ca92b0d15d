"""Makes the requests of a scenario, and writes down what came in a form in which two registries can be compared."""

import http.client
import json
import re
import threading
import time

# What a client of Consul reads. The values of others, such as Date, say nothing.
HEADERS = (
    "content-type", "allow", "location", "x-cache", "age", "x-consul-index", "x-consul-knownleader",
    "x-consul-lastcontact", "x-consul-effective-consistency", "x-consul-translate-addresses", "x-content-type-options",
    "content-encoding")

UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
TIME = re.compile(r"^\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)$")
COUNTERS = {"CreateIndex", "ModifyIndex", "Index", "RaftIndex", "LTime"}


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    @property
    def text(self):
        return self.body.decode("utf-8", "replace")

    def parsed(self):
        """The JSON that the body is, or its text."""
        if self.headers.get("content-type", "").startswith("application/json"):
            try:
                return json.loads(self.text)
            except ValueError:
                return {"not JSON": self.text}
        return self.text

    def value(self, path):
        """The value at `body.Key[0]` or of `index`."""
        if path == "index":
            return self.headers["x-consul-index"]
        found = self.parsed()
        for name, number in re.findall(r"\.(\w+)|\[(\d+)\]", path.removeprefix("body")):
            found = found[name] if name else found[int(number)]
        return found


# Longer than any request asks to be held.
PATIENCE = 8


def send(port, request, values):
    def filled(text):
        return re.sub(r"\{(\w+)\}", lambda found: str(values.get(found.group(1), found.group(0))), text)

    target, body = filled(request.target), request.body
    headers = {name: filled(value) for name, value in request.headers.items()}
    if body is not None and not isinstance(body, (str, bytes)):
        body = json.dumps(body)
    if isinstance(body, str):
        body = filled(body).encode()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        connection.request(request.method, target, body=body, headers=headers)
        answer = connection.getresponse()
        headers = {name.lower(): value for name, value in answer.getheaders()}
        return Answer(answer.status, headers, answer.read())
    except TimeoutError:
        return Answer("none in time", {}, b"")
    finally:
        connection.close()


def perform(port, scenario):
    """Label -> what came."""
    values, found = {}, {}
    for label, request in scenario.steps():
        answer, waited = made(port, request, values)
        for name, path in request.keep.items():
            try:
                values[name] = answer.value(path)
            except (KeyError, IndexError, TypeError):
                values[name] = "00000000-0000-0000-0000-000000000000"
        record = normal(answer, request)
        if "wait=" in request.target or request.meanwhile:
            record["waited"] = "to the end" if waited > 1.8 else "a while" if waited > 0.2 else "not at all"
        found[label] = record
    return found


def made(port, request, values):
    if request.until:
        deadline = time.monotonic() + 10
        while True:
            answer = send(port, request, values)
            if request.until in answer.text or time.monotonic() > deadline:
                return answer, 0
            time.sleep(0.05)
    later = None
    if request.meanwhile:
        later = threading.Timer(0.3, send, (port, request.meanwhile, values))
        later.start()
    start = time.monotonic()
    answer = send(port, request, values)
    waited = time.monotonic() - start
    if later:
        later.join()
    return answer, waited


def normal(answer, request):
    """Status, headers and body, with everything that differs from run to run put in one form."""
    headers = {name: value for name, value in answer.headers.items() if name in HEADERS}
    if "x-consul-index" in headers:
        headers["x-consul-index"] = "<above zero>" if int(headers["x-consul-index"]) > 0 else "0"
    if "age" in headers:
        headers["age"] = "<seconds>"
    body = normal_value(answer.parsed(), "", request.mask)
    if request.target.startswith("/v1/catalog/services") and isinstance(body, dict):
        # Consul tells the tags in any order.
        body = {name: sorted(tags) if isinstance(tags, list) else tags for name, tags in body.items()}
    return {"status": answer.status, "headers": dict(sorted(headers.items())),
            "body": body}


def normal_value(value, key, mask):
    if key in mask:
        return "<any>"
    if isinstance(value, dict):
        return {name: normal_value(each, name, mask) for name, each in value.items()}
    if isinstance(value, list):
        return [normal_value(each, key, mask) for each in value]
    if key in COUNTERS and isinstance(value, int):
        return "<index>" if value > 0 else value
    if isinstance(value, str):
        return "<time>" if TIME.match(value) else UUID.sub("<uuid>", value)
    return value
