"""DNS queries to a registry over UDP, from Debian's dnsperf."""
import re
import subprocess

from .registry_load import sample
from .registry_peers import DATA

SERVICES = 200
# A query in flight each.
CLIENTS = 16


def ask(registry, name, kind, seconds):
    """Queries for `name`, with the number of a service in it, in turn. None may be lost."""
    queries = DATA / "queries"
    queries.write_text("".join(f"{name.format(number)} {kind}\n" for number in range(SERVICES)))
    text = subprocess.run(
        ["dnsperf", "-s", "127.0.0.1", "-p", str(registry.dns_port), "-d", queries, "-l", str(seconds), "-T", "1",
         "-c", str(CLIENTS), "-q", str(CLIENTS), "-v"],
        check=True, capture_output=True, text=True, timeout=300).stdout
    if int(re.search(r"Queries lost: +(\d+)", text).group(1)):
        raise SystemExit(f"{registry.name} did not answer every DNS query:\n{text[-1000:]}")
    waits = sorted(float(found) * 1e6 for found in re.findall(r"^> [A-Z]+ .* ([\d.]+)$", text, re.M))
    p50, p99 = (waits[min(len(waits) * percent // 100, len(waits) - 1)] for percent in (50, 99))
    return sample(float(re.search(r"Queries per second: +([\d.]+)", text).group(1)), p50, p99)
