"""Under every attack a server stays small and its other clients are served as before."""

import statistics

import attacks
import pytest
from mesh import BINARY, eventually

pytestmark = pytest.mark.skipif("release" not in BINARY, reason="not a release build: scripts/test abuse")

# How much a 99th percentile may grow (issue 3), and how often it is measured in quiet, beside an attacker that only
# burns its core, and under attack: the medians are compared.
TIMES, ROUNDS, REQUESTS = 3, 3, 400
# Milliseconds that are no harm whatever the quiet value: on a machine of two cores where that is less than 0.1, one turn
# of another process counts for ten times as much.
HARMLESS = 6
# MiB that an attack may add for as long as it lasts: allocators' slack, and buffers of the connections that are open.
GROWTH = 32
# What is held by design; docs/security.md names the limits.
MEMORY = {
    # 10 000 connections in their ten seconds, of some 16 KiB.
    "half_open": 220,
    # 500 connections with a session each, of some 30 KiB.
    "slow_headers": 48,
    # 50 x 200 answers that wait.
    "zero_windows": 48,
    # 64 MiB untaken on all connections, half of them allocators' slack where each answer is small.
    "slow_read": 112, "http1_pipelining_unread": 112,
    # 128 MiB unfinished on all connections, and what those below their part may add.
    "unfinished_messages": 192,
    # 256 answers of 64 KiB that wait on a connection, and the page.
    "metrics_pages": 96,
}
# Attacks that a connection begins with hundreds of calls in one read of 64 KiB, for which all others wait: three times in
# most runs, four in some. docs/security.md says so.
TIMES_BY_ATTACK = {"rapid_reset": 5, "shrinking_windows": 5, "metrics_pages": 5}
# Members of the mesh that come back after each cut-off, with a certificate that is verified each time: 0.2 ms on the loop
# for each connection, which a quiet 99th percentile of less than 0.1 ms feels; and a second of TLS state after its end.
RECONNECTING = ("rapid_reset", "made_you_reset", "empty_frames", "settings_flood", "ping_flood")
TIMES_RECONNECTING, MEMORY_RECONNECTING = 5, 128
# Series on the page of metrics that is asked for.
SERIES = 4_000
# What an attack must have open before it counts.
CONNECTIONS = {"half_open": 9_000, "slow_headers": 500, "slow_http1_headers": 500, "zero_windows": 50, "slow_read": 50,
               "http1_pipelining_unread": 50, "unfinished_messages": 30}
# What allocators keep of it.
KEPT = 32


@pytest.mark.parametrize("kind", attacks.PLAIN, ids=lambda kind: kind.__name__)
def test_attack_harms_nobody_else(make_target, attack_on, kind):
    check(make_target(), attack_on, kind)


@pytest.mark.parametrize("kind", attacks.OVER_TLS, ids=lambda kind: kind.__name__)
def test_attack_over_tls_harms_nobody_else(make_target, attack_on, kind):
    check(make_target(tls=True), attack_on, kind)


def check(target, attack_on, kind):
    victims = [target.victim.http] if target.certs else [target.victim.http, target.victim.rpc]
    reconnects = target.certs and kind.__name__ in RECONNECTING
    times = TIMES_RECONNECTING if reconnects else TIMES_BY_ATTACK.get(kind.__name__, TIMES)
    memory = MEMORY_RECONNECTING if reconnects else MEMORY.get(kind.__name__, GROWTH)
    for ask in victims:
        ask(1_000)
    if kind is attacks.metrics_pages:
        target.fill_metrics(SERIES)
    before = target.resident()
    quiet, burning, attacked = ([[] for _ in victims] for _ in range(3))
    largest = 0
    with attack_on(kind, target) as attack:
        for _ in range(ROUNDS):
            attack.rest()
            measure(victims, quiet)
            attack.attack(CONNECTIONS.get(kind.__name__, 1))
            measure(victims, attacked)
            largest = max(largest, target.resident() - before)
            # As much of the attacker's core, without the server: what that costs the victim is the machine's doing.
            attack.burn()
            measure(victims, burning)
    for name, *windows in zip(("HTTP", "RPC"), quiet, burning, attacked):
        at_rest, beside, under = (statistics.median(times) for times in windows)
        print(f"{kind.__name__}: {name} p99 {at_rest} ms quiet, {beside} beside a busy core, {under} under attack, "
              f"{largest:.0f} MiB more")
        assert under <= max(times * max(at_rest, beside), HARMLESS)
    assert largest <= memory
    eventually(lambda: target.resident() - before <= KEPT, 60, "memory to come back")


def measure(victims, windows):
    for ask, times in zip(victims, windows):
        times.append(ask(REQUESTS))
