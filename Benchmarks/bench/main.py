"""The command line of the benchmarks."""
import argparse
import subprocess
import sys

from . import allocations, build, machine, memory, peers, registry, report, rows

GROUPS = {group.name: group for group in rows.GROUPS}
NAMES = [*GROUPS, "memory", "registry", "allocations"]


def parsed():
    parser = argparse.ArgumentParser(
        prog="Benchmarks/run", description="Compares Weft with its peers on this machine. See Benchmarks/README.md.")
    parser.add_argument("--only", nargs="+", choices=NAMES, default=NAMES, metavar="GROUP",
                        help=f"measure these groups alone: {', '.join(NAMES)}")
    parser.add_argument("--peers", nargs="+", choices=list(peers.SHARES), default=list(peers.SHARES), metavar="PEER",
                        help=f"of these alone: {', '.join(peers.SHARES)}")
    parser.add_argument("--rounds", type=int, help="how often everything is measured; 5 unless told")
    parser.add_argument("--quick", action="store_true", help="2 rounds unless told")
    parser.add_argument("--no-build", action="store_true", help="take what was built before")
    parser.add_argument("--keep-budget", action="store_true", help="make the allocations of today the budget")
    options = parser.parse_args()
    options.rounds = options.rounds or (2 if options.quick else 5)
    if "weft" not in options.peers:
        options.peers.insert(0, "weft")
    return options


def main():
    options = parsed()
    machine.allow_open_files()
    described = machine.description()
    try:
        chosen = peers.made(options.peers, not options.no_build and options.only != ["registry"])
    except subprocess.CalledProcessError as error:
        return f"a build failed: {error}"
    found = []
    for name in options.only:
        if name == "memory":
            found += compare_memory(chosen, described)
        elif name == "registry":
            if not options.no_build:
                build.registry()
            found += registry.compare(options.rounds, described, progress)
        elif name != "allocations":
            found += compare(GROUPS[name], chosen, options.rounds, described)
    if found:
        print(report.verdict_lines(found), flush=True)
    return count_allocations(chosen, described, options) if "allocations" in options.only else 0


def weft_of(chosen):
    return next(peer for peer in chosen if peer.name == "weft")


def compare(group, chosen, rounds, described):
    """Measures a group in rounds, each of which begins with another peer; prints and keeps what came."""
    # Of all servers Weft's is the cheapest: it leaves the machine to the clients that are compared.
    fixed = weft_of(chosen)
    if group.clients:
        chosen = [fixed, peers.on_the_pool(fixed), *(peer for peer in chosen if peer is not fixed)]
    samples = {}
    for number in range(rounds):
        turn = number % len(chosen)
        progress(f"{group.name}: round {number + 1} of {rounds}")
        for key, sample in rows.measure_group(group, chosen[turn:] + chosen[:turn], fixed).items():
            samples.setdefault(key, []).append(sample)
    print(report.table(group, samples, chosen), flush=True)
    found = report.verdicts(group, samples)
    report.keep(group.name, described, found, rounds=rounds, medians=report.rounded(samples, chosen, group))
    return found


def compare_memory(chosen, described):
    megabytes = {}
    for name in memory.OPENERS:
        for peer in chosen:
            progress(f"memory: {name} of {peer.name}")
            megabytes.setdefault(name, {})[peer.name] = memory.measure(name, peer)
    print(report.memory_table(megabytes, chosen), flush=True)
    found = memory.verdicts(megabytes)
    report.keep("memory", described, found, megabytes=megabytes)
    return found


def count_allocations(chosen, described, options):
    """Compares with the budget. Gives the exit code: growing unnoticed is what must not happen."""
    progress("allocations")
    weft = weft_of(chosen)
    counted = allocations.measure(weft, weft)
    grown = allocations.grown(counted)
    print(report.allocations_table(counted, allocations.budget(), grown), flush=True)
    report.keep("allocations", described, [], counted=counted)
    if options.keep_budget:
        allocations.keep_as_budget(counted)
        return 0
    if grown:
        print(f"\nMore allocations than {allocations.BUDGET.name} allows. If that is wanted: --keep-budget",
              file=sys.stderr)
    return 1 if grown else 0


def progress(text):
    print(f"bench: {text}", file=sys.stderr, flush=True)
