"""A well-behaved client whose waits are timed: HTTP requests and gRPC calls, one at a time."""

import re
import subprocess

import machine
from wire import EMPTY_MESSAGE

# Bytes of DATA that answer one request, where all answers are as long: what h2load can say of gRPC's success.
HEALTH_REPLY = 7


class Victim:
    def __init__(self, folder, address):
        self.folder, self.url = folder, f"http://{address[0]}:{address[1]}"
        self.message = folder / "empty-message"
        self.message.write_bytes(EMPTY_MESSAGE)

    def http(self, requests):
        """Milliseconds below which 99 of 100 requests are answered."""
        return self.measure(requests, "/health")[0]

    def rpc(self, calls):
        """Milliseconds below which 99 of 100 calls are answered."""
        p99, done = self.measure(
            calls, "/grpc.health.v1.Health/Check", "-d", self.message, "-H", "content-type: application/grpc",
            "-H", "te: trailers")
        # gRPC tells failures in trailers, which h2load does not read: they have no message.
        assert int(re.search(r"\((\d+)\) data", done).group(1)) == calls * HEALTH_REPLY, done
        return p99

    def measure(self, count, path, *options):
        log = self.folder / "latencies"
        log.unlink(missing_ok=True)
        done = subprocess.run(
            ["taskset", "-c", str(machine.VICTIM), *machine.first(), "h2load", "-n", str(count), "-c", "1", "-m", "1",
             f"--log-file={log}", *options, self.url + path],
            capture_output=True, text=True, timeout=300).stdout
        rows = [line.split() for line in log.read_text().splitlines()]
        assert len(rows) == count and all(row[1] == "200" for row in rows), done
        times = sorted(int(row[2]) for row in rows)
        return times[len(times) * 99 // 100] / 1000, done
