"""Heap allocations of Weft for each call, beside a budget that is kept with the code."""
import json
import pathlib
import struct
import tempfile

from . import build, load
from .messages import STREAMED
from .paths import BUDGET
from .peers import Server, run_client

# Allocations that come and go with chance: a buffer that grows, a task that waits.
TOLERANCE = 0.5
# How a large message is cut into reads is chance altogether.
TOLERANCE_OF_LARGE = 8


class Counter:
    """What the preloaded library counts."""

    def __init__(self):
        self.file = tempfile.NamedTemporaryFile(prefix="weft-bench-")
        self.file.write(bytes(8))
        self.file.flush()
        self.environment = {"LD_PRELOAD": str(build.allocation_counter()), "BENCH_ALLOCATIONS": self.file.name}

    @property
    def count(self):
        return struct.unpack("=Q", pathlib.Path(self.file.name).read_bytes())[0]


def of_server(peer, method, connections, streams, calls, units=1, tls=False):
    counter = Counter()
    flags = ("--tls", *build.certificate()) if tls else ()
    with Server(peer, flags, counter.environment) as server:
        load.measure(server, method, connections, streams, calls, tls)
        before = counter.count
        load.measure(server, method, connections, streams, calls, tls)
        return (counter.count - before) / calls / units


def of_client(peer, fixed, concurrency, calls):
    """Of two runs the difference: what a client does once is no part of a call."""
    counts = []
    with Server(fixed) as server:
        for times in (1, 2):
            counter = Counter()
            run_client(peer, server.port, calls * times, concurrency, counter.environment)
            counts.append(counter.count)
    # The warm-up is a tenth of the calls.
    return (counts[1] - counts[0]) / (calls * 1.1)


def measure(peer, fixed):
    return {
        "server, unary, 1 x 1": of_server(peer, "Echo", 1, 1, 10_000),
        "server, unary, 1 x 100": of_server(peer, "Echo", 1, 100, 50_000),
        "server, unary, TLS, 1 x 100": of_server(peer, "Echo", 1, 100, 50_000, tls=True),
        "server, streamed message, 1 x 10": of_server(peer, "Stream", 1, 10, 200, units=STREAMED),
        "server, 1 MiB, 1 x 1": of_server(peer, "Copy", 1, 1, 200),
        "client, unary, 1": of_client(peer, fixed, 1, 10_000),
        "client, unary, 100": of_client(peer, fixed, 100, 50_000),
    }


def budget():
    return json.loads(BUDGET.read_text()) if BUDGET.exists() else {}


def grown(counted):
    """The names of what allocates more than it may."""
    allowed = budget()
    return [
        name for name, count in counted.items()
        if count > allowed.get(name, count) + (TOLERANCE_OF_LARGE if "MiB" in name else TOLERANCE)]


def keep_as_budget(counted):
    BUDGET.write_text(json.dumps({name: round(count, 2) for name, count in counted.items()}, indent=2) + "\n")
