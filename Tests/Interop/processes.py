"""Servers and clients as processes, on the loopback."""

import contextlib
import random
import socket
import subprocess
import time

START_SECONDS = 60
CASE_SECONDS = 120


def free_ports(count):
    """A port after which `count` ports are free, itself included. Not one of those that connections are given."""
    while True:
        port = random.randrange(10_000, 30_000)
        with contextlib.ExitStack() as stack, contextlib.suppress(OSError):
            for offset in range(count):
                stack.enter_context(socket.socket()).bind(("0.0.0.0", port + offset))
            return port


@contextlib.contextmanager
def server(command, ports, log, environment=None):
    """Runs a server until the block ends. It is ready when every port takes connections."""
    with open(log, "wb") as output:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, env=environment)
    try:
        for port in ports:
            wait_for(port, process, log)
        yield
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_for(port, process, log):
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        if process.poll() is not None:
            raise RuntimeError(f"{process.args[0]} ended with {process.returncode}; see {log}")
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    raise RuntimeError(f"{process.args[0]} does not listen on port {port}; see {log}")


def passes(command, log, environment=None):
    """Whether a client ends with 0."""
    with open(log, "wb") as output:
        try:
            code = subprocess.run(
                command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, env=environment,
                timeout=CASE_SECONDS).returncode
        except subprocess.TimeoutExpired:
            output.write(b"timed out\n")
            return False
    return code == 0
