"""A weft process to attack, and a victim whose calls are timed meanwhile."""

import multiprocessing
import resource
import subprocess

import attacks
import pytest
from mesh import BINARY, Process


class Target:
    """A registry in plain text: gRPC methods and plain HTTP on one port."""

    def __init__(self, folder):
        # Every connection is a file, on both sides.
        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
        self.folder = folder
        self.process = Process([BINARY, "registry", "--insecure", "--port", 0, "--drain", "1s"], folder, "registry")
        self.port = int(self.process.wait_for(r"listening .*port=(\d+)").group(1))
        self.address = ("127.0.0.1", self.port)

    def resident(self):
        """MiB in memory now."""
        with open(f"/proc/{self.process.popen.pid}/status") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmRSS")) / 1024

    def latency(self, calls=2_000):
        """Milliseconds below which 99 of 100 requests of a well-behaved client are answered."""
        log = self.folder / "latencies"
        log.unlink(missing_ok=True)
        done = subprocess.run(
            ["h2load", "-n", str(calls), "-c", "1", "-m", "1", f"--log-file={log}", f"http://127.0.0.1:{self.port}/health"],
            capture_output=True, text=True, timeout=300)
        rows = [line.split() for line in log.read_text().splitlines()]
        assert len(rows) == calls and all(row[1] == "200" for row in rows), done.stdout
        times = sorted(int(row[2]) for row in rows)
        return times[len(times) * 99 // 100] / 1000


@pytest.fixture
def target(tmp_path):
    made = Target(tmp_path)
    try:
        yield made
        assert made.process.popen.poll() is None, "the server died:\n" + made.process.output()[-4000:]
    finally:
        made.process.stop()


class Attack:
    """Some processes that attack while the block runs."""

    def __init__(self, attack, address, count=1):
        # Forked children would share pytest's threads and files.
        context = multiprocessing.get_context("spawn")
        self.stop, self.report = context.Event(), context.Queue()
        self.processes = [
            context.Process(target=attacks.run, args=(attack, address, self.stop, self.report), daemon=True)
            for _ in range(count)]

    def __enter__(self):
        for process in self.processes:
            process.start()
        return self

    def __exit__(self, *_):
        self.stop.set()
        for process in self.processes:
            process.join(30)
            if process.is_alive():
                process.kill()


@pytest.fixture
def attack(target):
    return lambda kind: Attack(kind, target.address)
