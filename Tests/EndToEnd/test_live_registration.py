"""A service that did not exist when the gateway was built: Examples/hello."""

import signal
import time

from mesh import eventually


def status(mesh):
    return mesh.curl("/v1/hello/Ada").status


def seconds_until(condition, limit):
    start = time.monotonic()
    eventually(condition, limit, "the change of routes")
    return time.monotonic() - start


def test_it_is_callable_within_a_second_of_registering_and_gone_within_one_of_a_clean_stop(mesh, hello_binary):
    assert status(mesh) == 404
    hello = mesh.start(hello_binary, "hello")
    try:
        hello.wait_for("registered")
        assert seconds_until(lambda: status(mesh) == 200, 10) < 1
        answer = mesh.curl("/v1/hello/Ada")
        assert "Ada" in answer.text
        assert "Ada" in mesh.weft("call", "hello", "SayHello", '{"name":"Ada"}').stdout
        hello.popen.send_signal(signal.SIGTERM)
        assert seconds_until(lambda: status(mesh) in (404, 503), 10) < 1
    finally:
        hello.stop()


def test_it_is_gone_within_its_lease_after_a_kill(mesh, hello_binary):
    hello = mesh.start(hello_binary, "hello", "--lease", "2s")
    try:
        eventually(lambda: status(mesh) == 200, 20, "hello to be routed")
    finally:
        hello.stop(signal.SIGKILL)
    assert seconds_until(lambda: status(mesh) == 404, 20) < 4


def test_two_instances_share_the_load_and_killing_one_loses_no_idempotent_call(mesh, hello_binary):
    from mesh import background

    first = mesh.start(hello_binary, "hello", "--lease", "2s")
    second = mesh.start(hello_binary, "hello", "--lease", "2s")
    try:
        for instance in (first, second):
            instance.wait_for("registered")
        eventually(lambda: status(mesh) == 200, 20, "hello to be routed")
        with background(lambda: status(mesh)) as statuses:
            eventually(lambda: len(statuses) > 20, 30, "calls before the kill")
            first.popen.kill()
            so_far = len(statuses)
            eventually(lambda: len(statuses) > so_far + 100, 60, "calls after the kill")
        assert set(statuses) == {200}
    finally:
        first.stop(signal.SIGKILL)
        second.stop()
