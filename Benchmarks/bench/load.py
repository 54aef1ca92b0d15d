"""Puts load on a server with h2load, and reads what it tells."""
import re
import subprocess

from . import machine
from .messages import REPLIES, SERVICE, request_file
from .paths import SCRATCH


def measure(server, method, connections, streams, calls, tls=False):
    """Makes calls with as many connections, and streams on each.

    Gives microseconds for one call: CPU of the server and of h2load, median and 99th percentile of the time to
    the end of the reply; and calls a second.
    """
    log = SCRATCH / "h2load.log"
    log.unlink(missing_ok=True)
    command = [
        "h2load", "-n", calls, "-c", connections, "-m", streams, "-w", 30, "-W", 30, "-d", request_file(method),
        "-H", "content-type: application/grpc", "-H", "te: trailers", f"--log-file={log}",
        "--tls13-ciphers=TLS_AES_128_GCM_SHA256",
        f"{'https' if tls else 'http'}://127.0.0.1:{server.port}{SERVICE}{method}"]
    own, before = machine.children_cpu_seconds(), server.cpu_seconds
    text = subprocess.run([str(part) for part in command], check=True, capture_output=True, text=True).stdout
    used, own = server.cpu_seconds - before, machine.children_cpu_seconds() - own
    check(server, text, method, calls, tls)
    waits = sorted(int(line.split("\t")[2]) for line in log.read_text().splitlines())
    return {
        "server_cpu": used / calls * 1e6, "client_cpu": own / calls * 1e6,
        "p50": percentile(waits, 50), "p99": percentile(waits, 99), "rate": number(text, r"([\d.]+) req/s")}


def check(server, text, method, calls, tls):
    """gRPC tells failures in trailers, which h2load does not read: the replies' length shows them."""
    done, data = number(text, r"(\d+) succeeded"), number(text, r"\((\d+)\) data")
    if done != calls or data != calls * REPLIES[method]:
        raise SystemExit(f"{server.peer.name} did not answer {calls} calls of {method} as it should:\n{text}")
    if tls and "TLSv1.3" not in text:
        raise SystemExit(f"{server.peer.name} did not speak TLS 1.3:\n{text}")


def number(text, pattern):
    found = re.search(pattern, text)
    return float(found.group(1)) if found else 0.0


def percentile(ordered, percent):
    return ordered[min(len(ordered) * percent // 100, len(ordered) - 1)]
