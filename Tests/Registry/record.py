"""Asks a real Consul every request and keeps its answers: `make consul-record`."""

import json
import sys
import tempfile
import urllib.error
import urllib.request
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "EndToEnd")]

from compare.perform import perform  # noqa: E402
from compare.requests import FILES, FILES_WITH_ACCESS, MANAGEMENT  # noqa: E402
from mesh import eventually  # noqa: E402
from servers import consul  # noqa: E402

ANSWERS = HERE / "compare/answers"


def is_settled(server):
    """Whether access control, when it is on, works: Consul sets it up in the background."""
    request = urllib.request.Request(
        f"http://{server.address}/v1/acl/token/self", headers={"X-Consul-Token": MANAGEMENT})
    try:
        urllib.request.urlopen(request, timeout=10).close()
    except urllib.error.HTTPError as error:
        return error.code == 401
    return True


def record(server, files):
    with server:
        eventually(lambda: is_settled(server), 30, "access control to be set up")
        for name, scenarios in files.items():
            answers = {scenario.name: perform(server.http_port, scenario) for scenario in scenarios}
            (ANSWERS / f"{name}.json").write_text(json.dumps(answers, indent=1, ensure_ascii=False) + "\n")
            print(f"{name}: {sum(map(len, answers.values()))} answers")


def main():
    ANSWERS.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        record(consul(folder), FILES)
    with tempfile.TemporaryDirectory() as folder:
        record(consul(folder, MANAGEMENT, "deny"), FILES_WITH_ACCESS)


if __name__ == "__main__":
    main()
