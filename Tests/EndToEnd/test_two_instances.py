"""Two instances of the config service on one store."""

import json
import signal
import subprocess

from mesh import background, eventually


def test_killing_one_of_two_loses_no_idempotent_call(own_mesh):
    path = "/v1/config/shared/prod"
    assert own_mesh.curl(path, method="PUT", data='{"config":{"n":1}}').status == 200
    second = own_mesh.start_config("second")
    try:
        second.wait_for("registered")
        eventually(lambda: own_mesh.weft("services", "config").stdout.count("127.0.0.1:") == 2, 10, "both to be listed")
        with background(lambda: own_mesh.curl(path).status) as statuses:
            eventually(lambda: len(statuses) > 20, 30, "calls before the kill")
            second.popen.kill()
            so_far = len(statuses)
            eventually(lambda: len(statuses) > so_far + 100, 60, "calls after the kill")
        assert set(statuses) == {200}
    finally:
        second.stop(signal.SIGKILL)


def test_a_watch_sees_what_either_instance_stores(own_mesh):
    path = "/v1/config/both/prod"
    second = own_mesh.start_config("second")
    watch = None
    try:
        second.wait_for("registered")
        watch = subprocess.Popen(["curl", "-sSN", "--max-time", "60", f"{own_mesh.gateway}{path}:watch"],
                                 stdout=subprocess.PIPE, text=True)
        for number in range(1, 21):
            assert own_mesh.curl(path, method="PUT", data=json.dumps({"config": {"n": number}})).status == 200
        seen = []
        while not seen or seen[-1] != 20:
            seen.append(json.loads(watch.stdout.readline())["version"])
        assert seen == list(range(seen[0], 21))
    finally:
        if watch:
            watch.kill()
            watch.communicate()
        second.stop()
