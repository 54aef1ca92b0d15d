"""Starts and stops the processes under test."""

import contextlib
import ctypes
import os
import re
import signal
import socket
import subprocess
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BINARY = os.environ.get("WEFT_BINARY", str(ROOT / ".build/debug/weft"))

# Nothing of the caller's own WEFT_ settings may reach what is tested.
ENVIRONMENT = {key: value for key, value in os.environ.items() if not key.startswith("WEFT_")}


def end_with_parent():
    """In a child: be killed when the tests end, however they end (PR_SET_PDEATHSIG)."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)


class Process:
    """A process whose output is kept, and which ends with the test."""

    def __init__(self, arguments, cwd, name):
        self.name = name
        self.log = Path(cwd) / f"{name}.log"
        self._file = open(self.log, "ab")
        self.popen = subprocess.Popen(
            [str(argument) for argument in arguments], cwd=cwd, env=ENVIRONMENT,
            stdin=subprocess.DEVNULL, stdout=self._file, stderr=subprocess.STDOUT, preexec_fn=end_with_parent)

    def output(self):
        return self.log.read_text(errors="replace")

    def wait_for(self, pattern, seconds=60):
        """The first match of the pattern in the output."""
        found = eventually(
            lambda: re.search(pattern, self.output()) or (self.popen.poll() is not None and "ended"),
            seconds, f"{self.name} to print {pattern}\n{self.output()[-2000:]}")
        # One more look: it may have printed it just before it ended.
        found = re.search(pattern, self.output())
        assert found, f"{self.name} ended with {self.popen.poll()}:\n{self.output()[-4000:]}"
        return found

    def stop(self, number=signal.SIGTERM, seconds=40):
        if self.popen.poll() is None:
            self.popen.send_signal(number)
            try:
                self.popen.wait(seconds)
            except subprocess.TimeoutExpired:
                self.popen.kill()
                self.popen.wait()
                raise AssertionError(f"{self.name} did not stop in {seconds} s:\n{self.output()[-4000:]}")
        self._file.close()
        return self.popen.returncode


class Mesh:
    """`weft up` in a folder of its own."""

    def __init__(self, folder, *arguments):
        self.folder = Path(folder)
        self.arguments = arguments
        self.certs = self.folder / "certs"

    def __enter__(self):
        command = [BINARY, "up", "--registry-port", 0, "--gateway-port", 0, "--config-port", 0, *self.arguments]
        self.up = Process(command, self.folder, "up")
        try:
            self.up.wait_for("Ctrl-C stops everything")
            text = self.up.output()
            self.gateway = re.search(r"^ +gateway +(http://\S+)", text, re.M).group(1)
            self.registry_port = int(re.search(r"^ +registry +\S+:(\d+)", text, re.M).group(1))
            self.config_port = int(re.search(r"^ +config +\S+:(\d+)", text, re.M).group(1))
        except BaseException:
            self.up.stop()
            raise
        return self

    def __exit__(self, *_):
        self.up.stop()

    def curl(self, path, *options, data=None, method=None, seconds=30):
        """An ordinary curl; the answer's status, fields and text."""
        return curl(self.gateway + path, *options, data=data, method=method, seconds=seconds)

    def weft(self, *arguments, check=True, seconds=30):
        """The command line tool, told where this mesh is."""
        command = [BINARY, *arguments, "--registry", f"ipv4:127.0.0.1:{self.registry_port}", "--certs", self.certs]
        result = subprocess.run(
            [str(word) for word in command], cwd=self.folder, env=ENVIRONMENT, stdin=subprocess.DEVNULL,
            capture_output=True, text=True, timeout=seconds)
        assert not check or result.returncode == 0, result.stderr
        return result

    def child_pid(self, name):
        """The newest process number that the supervisor told of."""
        return int(re.findall(rf"ready child={name} pid=(\d+)", self.up.output())[-1])

    def start(self, binary, name, *arguments):
        """A further service, started beside the mesh as a user would."""
        registry = f"ipv4:127.0.0.1:{self.registry_port}"
        subprocess.run([BINARY, "certs", "issue", name, "--certs", str(self.certs)], check=True,
                       cwd=self.folder, env=ENVIRONMENT, stdout=subprocess.DEVNULL)
        command = [binary, "--port", 0, "--registry", registry, "--certs", self.certs, *arguments]
        return Process(command, self.folder, f"{name}-{time.monotonic_ns()}")


    def start_config(self, name, *arguments):
        """A second config service, on the same store."""
        registry = f"ipv4:127.0.0.1:{self.registry_port}"
        return Process(
            [BINARY, "serve", "config", "--port", 0, "--registry", registry, "--certs", self.certs,
             "--data", self.folder / "data", *arguments], self.folder, name)


class Answer:
    def __init__(self, status, fields, text):
        self.status, self.fields, self.text = status, fields, text

    def json(self):
        import json
        return json.loads(self.text)


def curl(url, *options, data=None, method=None, seconds=30):
    command = ["curl", "-sS", "-i", "--max-time", str(seconds), *options]
    if method:
        command += ["-X", method]
    if data is not None:
        command += ["--data-binary", "@-"]
    result = subprocess.run(
        command + [url], input=(data or "").encode() if isinstance(data or "", str) else data,
        capture_output=True, timeout=seconds + 5)
    assert result.returncode == 0, f"curl ended with {result.returncode}: {result.stderr.decode()}"
    head, _, body = result.stdout.partition(b"\r\n\r\n")
    while head.startswith((b"HTTP/1.1 100", b"HTTP/2 100")):
        head, _, body = body.partition(b"\r\n\r\n")
    lines = head.decode("latin-1").split("\r\n")
    fields = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines[1:])}
    return Answer(int(lines[0].split()[1]), fields, body.decode())


def eventually(condition, seconds, what):
    """The first true value of the condition. The time limit is there to fail, not to be right."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        assert time.monotonic() < deadline, f"waited {seconds} s for {what}"
        time.sleep(0.02)


def is_running(pid):
    """Whether a process runs; one that only waits to be collected does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


@contextlib.contextmanager
def background(action):
    """Calls the action again and again in a thread while the block runs; yields what it returned."""
    results, stop = [], threading.Event()

    def loop():
        while not stop.is_set():
            results.append(action())

    thread = threading.Thread(target=loop)
    thread.start()
    try:
        yield results
    finally:
        stop.set()
        thread.join()


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]
