"""What is measured, in groups, and what is wanted of it (issue 3, "Speed")."""
import dataclasses

from . import build, load, messages
from .peers import Server, run_client

CPP, SWIFT = "grpc-cpp", "grpc-swift"


@dataclasses.dataclass(frozen=True)
class Wanted:
    """Weft's value of a metric is at most `limit` times that of a peer."""

    metric: str
    against: str
    limit: float
    # Which way of using Weft.
    of: str = "weft"


@dataclasses.dataclass(frozen=True)
class Case:
    """One line of a group's table."""

    name: str
    # Calls of one measurement, for a peer whose share is 1.
    calls: int
    wanted: tuple = ()
    method: str = "Echo"
    connections: int = 1
    streams: int = 1
    # Messages of a call; CPU is told for each.
    units: int = 1
    # Bytes of a call, where what counts is how many a CPU second moves.
    bytes: int = 0


@dataclasses.dataclass(frozen=True)
class Group:
    name: str
    title: str
    cases: tuple
    tls: bool = False
    # Whether clients are compared, against one server, instead of servers.
    clients: bool = False


def unary(connections, streams, limit, swift=None):
    wanted = [Wanted("server_cpu", CPP, limit)] + ([Wanted("server_cpu", SWIFT, swift)] if swift else [])
    return Case(
        f"{connections} x {streams}", 100_000, tuple(wanted), connections=connections, streams=streams)


LOADS = ((1, 100), (10, 10), (100, 10))

GROUPS = (
    Group(
        "unary", f"unary, {len(messages.ECHO)} bytes (connections x streams)",
        tuple(unary(*shape, 1 / 3, 1 / 20) for shape in LOADS)),
    Group(
        "latency", "unary, one call at a time",
        (Case("1 x 1", 20_000, (Wanted("p50", CPP, 1.0),)),)),
    Group(
        "tls", "unary, TLS 1.3 (connections x streams)",
        tuple(unary(*shape, 1 / 2) for shape in LOADS), tls=True),
    Group(
        "stream",
        f"server streaming: CPU per message of {messages.ECHO_REPLY - 5} bytes, waits per {messages.STREAMED}",
        tuple(
            Case(
                f"{c} x {s}", 200, (Wanted("server_cpu", CPP, 1 / 2),), "Stream", c, s, units=messages.STREAMED)
            for c, s in ((1, 10), (10, 1)))),
    Group(
        "copy", "unary, 1 MiB each way (connections x streams)",
        tuple(
            Case(
                f"{c} x {s}", 300, (Wanted("server_cpu", CPP, 1.0),), "Copy", c, s, bytes=messages.COPIED)
            for c, s in ((1, 1), (1, 4), (4, 1)))),
    Group(
        "client", f"unary, {len(messages.ECHO)} bytes, clients compared (calls at a time)",
        (
            Case("1", 20_000, streams=1),
            Case(
                "100", 100_000,
                (Wanted("client_cpu", CPP, 1 / 2), Wanted("client_cpu", CPP, 1 / 2, of="weft, pool")), streams=100)),
        clients=True),
)


def calls_of(case, peer):
    """Whole turns of all streams, so that every client makes just as many."""
    at_once = case.connections * case.streams
    return max(int(case.calls * peer.share) // at_once, 2) * at_once


def measure_group(group, peers, fixed):
    """One round of a group: every case with every peer, the peers one after another.

    - fixed: the peer whose server all clients call.
    Gives samples by case and peer.
    """
    samples = {}
    if group.clients:
        with Server(fixed) as server:
            for case in group.cases:
                for peer in peers:
                    samples[case.name, peer.name] = client_sample(case, peer, server)
        return samples
    flags = ("--tls", *build.certificate()) if group.tls else ()
    servers = [Server(peer, flags) for peer in peers]
    try:
        for server in servers:
            warm_up(server, group)
        for case in group.cases:
            for server in servers:
                samples[case.name, server.peer.name] = server_sample(case, server, group.tls)
    finally:
        for server in servers:
            server.__exit__()
    return samples


def warm_up(server, group):
    case = group.cases[0]
    load.measure(
        server, case.method, case.connections, case.streams,
        max(calls_of(case, server.peer) // 10 // case.streams, 1) * case.streams * case.connections, group.tls)


def server_sample(case, server, tls):
    sample = load.measure(
        server, case.method, case.connections, case.streams, calls_of(case, server.peer), tls)
    for metric in ("server_cpu", "client_cpu"):
        sample[metric] /= case.units
    if case.bytes:
        sample["megabytes_per_cpu_second"] = case.bytes / sample["server_cpu"]
    return sample


def client_sample(case, peer, server):
    calls = calls_of(case, peer)
    before = server.cpu_seconds
    sample = run_client(peer, server.port, calls, case.streams)
    # The warm-up of a client is a tenth of its calls.
    return {**sample, "server_cpu": (server.cpu_seconds - before) / (calls * 1.1) * 1e6}
