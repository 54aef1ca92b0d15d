"""Load on a registry: over RPC from our own client, over HTTP from wrk."""
import json
import os
import re
import subprocess

from . import blocking
from .paths import BENCHMARKS, ROOT
from .registry_peers import PEERS

CLIENT = ROOT / ".build/release/weft-bench-registry"
WRK = PEERS / "wrk/usr/bin/wrk"
LUAJIT = PEERS / "libluajit-5.1-2/usr/lib/x86_64-linux-gnu"
SCRIPTS = BENCHMARKS / "Wrk"


def rpc(registry, what, calls=0, clients=0):
    """What the client tells: calls, seconds, and microseconds below which half and 99 of 100 calls took."""
    command = [CLIENT, registry.name, registry.rpc_port, what, calls, clients]
    done = subprocess.run([str(part) for part in command], check=True, capture_output=True, text=True, timeout=300)
    told = json.loads(done.stdout)
    if what == "fill":
        return None
    return sample(told["calls"] / told["seconds"], told["p50"], told["p99"])


def http(registry, what, seconds, clients):
    """Requests of Consul's HTTP API, made in Wrk/WHAT.lua. Every answer must be 200."""
    command = [
        WRK, "--threads", 1, "--connections", clients, "--duration", f"{seconds}s", "--latency",
        "--script", SCRIPTS / f"{what}.lua", f"http://127.0.0.1:{registry.http_port}"]
    text = subprocess.run(
        [str(part) for part in command], check=True, capture_output=True, text=True, timeout=300, cwd=SCRIPTS,
        env={**os.environ, "LD_LIBRARY_PATH": str(LUAJIT)}).stdout
    if "Non-2xx" in text or "Socket errors" in text:
        raise SystemExit(f"{registry.name} did not answer {what} as it should:\n{text}")
    rate = float(re.search(r"Requests/sec: +([\d.]+)", text).group(1))
    p50, p99 = (microseconds(re.search(rf"{percent}% +([\d.]+)(us|ms|s)", text)) for percent in (50, 99))
    return sample(rate, p50, p99)


def microseconds(found):
    return float(found.group(1)) * {"us": 1, "ms": 1e3, "s": 1e6}[found.group(2)]


def sample(rate, p50, p99):
    # The inverse of the rate: like everything else that is compared here, less is better.
    return {"rate": rate, "microseconds_each": 1e6 / rate, "p50": p50, "p99": p99}


def fan_out(registry, changes, watchers):
    """Blocking queries, as Consul's clients watch."""
    delays = blocking.measure(registry.http_port, changes, watchers)
    return sample(len(delays) / max(sum(delays) / 1e6 / watchers, 1e-9), *(
        delays[min(len(delays) * percent // 100, len(delays) - 1)] for percent in (50, 99)))
