"""How lean a process is. Debug builds say nothing about that, so this looks at release builds only:
`WEFT_BINARY=.build/release/weft scripts/test e2e`."""

import json
import time
from pathlib import Path

import pytest

from mesh import BINARY, Process, curl, eventually, free_port

pytestmark = pytest.mark.skipif("release" not in BINARY, reason="not a release build")


def resident_megabytes(pid):
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024


@pytest.mark.parametrize("part", ["registry", "config", "gateway"])
def test_a_process_at_rest_is_under_30_megabytes(own_mesh, part):
    pid = own_mesh.child_pid(part)
    eventually(lambda: resident_megabytes(pid) < 30, 20, f"{part} to come to rest")
    assert own_mesh.curl("/v1/config/rest/prod", method="PUT", data='{"config":{"n":1}}').status == 200
    for _ in range(300):
        assert own_mesh.curl("/v1/config/rest/prod").status == 200
    body = json.dumps({"config": {"x": "y" * 900_000}})
    for _ in range(20):
        assert own_mesh.curl("/v1/config/rest/prod", method="PUT", data=body).status == 200
    eventually(lambda: resident_megabytes(pid) < 30, 20, f"{part} to come to rest again")


def test_the_first_call_is_answered_within_300_ms_of_the_start(mesh, tmp_path):
    port = free_port()
    start = time.monotonic()
    process = Process([BINARY, "serve", "config", "--port", port, "--registry", "none", "--certs", mesh.certs],
                      tmp_path, "config")
    try:
        while True:
            try:
                assert curl(f"http://127.0.0.1:{port}/health").status == 200
                break
            except AssertionError:
                assert time.monotonic() - start < 10
        assert time.monotonic() - start < 0.3
    finally:
        process.stop()
