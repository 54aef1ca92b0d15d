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
    parser.add_argument("--report-only", action="store_true", help="end with 0 also when something wanted was missed")
    parser.add_argument("--recorded", action="store_true", help="measure nothing: judge what results/ has kept")
    options = parser.parse_args()
    options.rounds = options.rounds or (2 if options.quick else 5)
    if "weft" not in options.peers:
        options.peers.insert(0, "weft")
    return options


def main():
    options = parsed()
    if options.recorded:
        grown = allocations.grown(report.kept("allocations")["counted"]) if "allocations" in options.only else []
        return judged(report.recorded(options.only), grown, options)
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
    grown = count_allocations(chosen, described, options) if "allocations" in options.only else []
    return judged(found, grown, options)


def judged(found, grown, options):
    """Prints what was wanted and what came. Gives the exit code: 1 when any of it was missed."""
    if found:
        print(report.verdict_lines(found), flush=True)
    missed = [report.described(one) for one in found if not one["met"]]
    missed += [f"allocations: {name} more than {allocations.BUDGET.name} allows" for name in grown]
    if missed:
        print("\n".join(["\nMissed:", *(f"  {line}" for line in missed)]), file=sys.stderr, flush=True)
    return 1 if missed and not options.report_only else 0


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
            if not memory.knows(name, peer):
                continue
            progress(f"memory: {name} of {peer.name}")
            megabytes.setdefault(name, {})[peer.name] = memory.measure(name, peer)
    print(report.memory_table(megabytes, chosen), flush=True)
    found = memory.verdicts(megabytes)
    report.keep("memory", described, found, megabytes=megabytes)
    return found


def count_allocations(chosen, described, options):
    """Compares with the budget. Gives what has grown unnoticed."""
    progress("allocations")
    weft = weft_of(chosen)
    counted = allocations.measure(weft, weft)
    grown = allocations.grown(counted)
    print(report.allocations_table(counted, allocations.budget(), grown), flush=True)
    report.keep("allocations", described, [], counted=counted)
    if options.keep_budget:
        allocations.keep_as_budget(counted)
        return []
    if grown:
        print("If that is wanted: --keep-budget", file=sys.stderr)
    return grown


def progress(text):
    print(f"bench: {text}", file=sys.stderr, flush=True)
