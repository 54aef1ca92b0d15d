"""The registry beside etcd and Consul (issue 4, "Speed"): what is measured, and what is wanted."""
import contextlib
import dataclasses
import statistics

from . import registry_dns, registry_load, registry_peers, report

CLIENTS, WATCHERS = 16, 1_000


@dataclasses.dataclass(frozen=True)
class Case:
    name: str
    # Which peers take part, and how each is measured: "rpc" or "http".
    peers: tuple
    measure: object
    # Metric, peer, and how many times that peer's value Weft's may be; or a number alone, without a peer.
    wanted: tuple = ()


def rpc(what, calls, clients=CLIENTS):
    return lambda registry: registry_load.rpc(registry, what, calls, clients)


def http(what, seconds=3, clients=CLIENTS):
    return lambda registry: registry_load.http(registry, what, seconds, clients)


def dns(name, kind="A", seconds=3):
    return lambda registry: registry_dns.ask(registry, name + ".service.consul", kind, seconds)


def blocking(changes):
    return lambda registry: registry_load.fan_out(registry, changes, WATCHERS)


EACH = "microseconds_each"

CASES = (
    Case("registrations, RPC", ("weft", "etcd"), rpc("register", 16_000), ((EACH, "etcd", 1 / 2),)),
    Case("registrations, HTTP", ("weft", "consul"), http("register"), ((EACH, "consul", 1 / 2),)),
    Case("KV writes, HTTP", ("weft", "consul"), http("put"), ((EACH, "consul", 1 / 2),)),
    Case("heartbeats, RPC", ("weft", "etcd"), rpc("heartbeat", 20), ((EACH, None, 1e6 / 50_000),)),
    Case("heartbeats, HTTP", ("weft", "consul"), http("heartbeat")),
    Case("reads, RPC", ("weft", "etcd"), rpc("read", 48_000)),
    Case("reads, HTTP", ("weft", "consul"), http("read"), ((EACH, "consul", 1 / 5),)),
    Case("DNS, A", ("weft", "consul"), dns("http-service-{}")),
    Case("DNS, SRV", ("weft", "consul"), dns("http-service-{}", "SRV")),
    Case("DNS, no such name", ("weft", "consul"), dns("nobody-{}")),
    # Labels are what a name server can be kept busy with.
    Case("DNS, 100 labels", ("weft", "consul"), dns("a." * 97 + "b-{}")),
    Case(
        "fan-out, RPC", ("weft", "etcd"), rpc("watch", 20, WATCHERS),
        (("p50", None, 100_000), ("p99", None, 500_000))),
    Case(
        "fan-out, HTTP", ("weft", "consul"), blocking(5), (("p50", None, 100_000), ("p99", None, 500_000))),
)


def compare(rounds, described, progress):
    """Measures in rounds that each begin with another peer; prints and keeps what came. Gives the verdicts."""
    samples = {}
    with contextlib.ExitStack() as stack:
        running = {name: stack.enter_context(made()) for name, made in registry_peers.ALL.items()}
        for registry in running.values():
            progress(f"registry: filling {registry.name}")
            fill(registry)
        for number in range(rounds):
            progress(f"registry: round {number + 1} of {rounds}")
            for case in CASES:
                turn = number % len(case.peers)
                for name in case.peers[turn:] + case.peers[:turn]:
                    samples.setdefault((case.name, name), []).append(measured(case, running[name]))
    print(table(samples), flush=True)
    found = verdicts(samples)
    report.keep("registry", described, found, rounds=rounds, medians={
        case.name: {name: rounded(samples[case.name, name]) for name in case.peers} for case in CASES})
    return found


def fill(registry):
    """200 services of 25 instances; over HTTP also instances of the agent that beat."""
    if registry.rpc_port:
        registry_load.rpc(registry, "fill")
    if registry.http_port:
        registry_load.http(registry, "fill", 8, CLIENTS)
        registry_load.http(registry, "fill-agent", 2, 4)


def measured(case, registry):
    before = registry.cpu_seconds
    sample = case.measure(registry)
    return {**sample, "server_cpu_seconds": registry.cpu_seconds - before}


def rounded(samples):
    return {metric: round(value, 2) for metric, value in report.medians(samples).items()}


def verdicts(samples):
    found = []
    for case in CASES:
        for metric, against, limit in case.wanted:
            ours = samples[case.name, "weft"]
            if against:
                value = report.ratio(samples, case.name, metric, against)
            else:
                value = statistics.median(sample[metric] for sample in ours)
            found.append({
                "group": "registry", "case": case.name, "of": "weft", "metric": metric,
                **({"against": against} if against else {}), "at_most": round(limit, 3), "came": round(value, 3),
                "met": value <= limit})
    return found


def table(samples):
    lines = [
        f"\nregistry: 200 services of 25 instances, {CLIENTS} clients, {WATCHERS} watchers of one service",
        f"  {'':22}{'':8}{'a second':>12}{'p50, us':>12}{'p99, us':>12}{'Weft to it':>12}"]
    for case in CASES:
        for name in case.peers:
            median = report.medians(samples[case.name, name])
            line = f"  {case.name if name == 'weft' else '':22}{name:8}"
            line += f"{median['rate']:12,.0f}{median['p50']:12,.0f}{median['p99']:12,.0f}"
            if name != "weft":
                metric = "p50" if case.name.startswith("fan-out") else EACH
                line += f"{report.ratio(samples, case.name, metric, name):12.3f}"
            lines.append(line)
    return "\n".join(lines)
