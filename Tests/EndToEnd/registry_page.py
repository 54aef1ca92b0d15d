"""A registry whose page is looked at, and what is put on it."""

import base64
import json
import time

import requests

from mesh import BINARY, Process

# What a hostile client may register: each would run, were it ever read as HTML.
HOSTILE = "<img src=x onerror=\"document.title='broken'\">"
SECRET = "0b6e3a1c-6f6e-4a58-9d4d-4b1b0c1c2d3e"


class Registry:
    def __init__(self, folder, *arguments):
        self.folder, self.arguments = folder, arguments

    def __enter__(self):
        self.process = Process(
            [BINARY, "registry", "--insecure", "--data", self.folder / "data", "--port", 0, "--http-port", 0,
             "--dns-port", "off", "--drain", "1s", *self.arguments], self.folder, f"registry-{time.monotonic_ns()}")
        self.url = "http://127.0.0.1:" + self.process.wait_for(r"answering HTTP.*? port=(\d+)").group(1)
        return self

    def __exit__(self, *_):
        assert self.process.stop() == 0

    def put(self, path, body=None, **headers):
        data = body if isinstance(body, (bytes, str)) else json.dumps(body)
        answer = requests.put(self.url + path, data=data, headers=headers, timeout=20)
        assert answer.status_code == 200, answer.text
        return answer

    def key(self, key, **headers):
        answer = requests.get(
            self.url + "/ui/api/view", params={"view": "key", "name": key}, headers=headers, timeout=20)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def value(self, key):
        return base64.b64decode(self.key(key)["value"])

    def set_key(self, key, value, **headers):
        headers["X-Weft-Page"] = "1"
        answer = requests.put(
            self.url + "/ui/api/key", params={"key": key, "cas": self.key(key, **headers)["modified"]}, data=value,
            headers=headers, timeout=20)
        assert answer.status_code == 200, answer.text

    def register(self, name, number=1, *, checks=(), **fields):
        self.put("/v1/agent/service/register", {
            "Name": name, "ID": f"{name}-{number}", "Address": f"10.0.3.{number}", "Port": 8200 + number,
            "Checks": list(checks), **fields})


def ttl(check_id, name, status="passing", **fields):
    return {"CheckID": check_id, "Name": name, "TTL": "1h", "Status": status, **fields}


def quiet(page):
    assert [each for each in page.troubles if "403" not in each and "409" not in each] == []
