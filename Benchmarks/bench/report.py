"""Tables for people, JSON for tools."""
import datetime
import json
import statistics

from .paths import RESULTS


def medians(samples):
    """Medians by metric of a list of samples."""
    return {metric: statistics.median(sample[metric] for sample in samples) for metric in samples[0]}


def ratio(samples, case, metric, against, of="weft"):
    """The median of the rounds' ratios: what slows a whole round down slows both sides."""
    pairs = zip(samples[case, of], samples[case, against])
    return statistics.median(ours[metric] / theirs[metric] for ours, theirs in pairs)


def verdicts(group, samples):
    """What was wanted of each case, and what came."""
    found = []
    for case in group.cases:
        for wanted in case.wanted:
            if (case.name, wanted.against) not in samples:
                continue
            value = ratio(samples, case.name, wanted.metric, wanted.against, wanted.of)
            found.append({
                "group": group.name, "case": case.name, "of": wanted.of, "metric": wanted.metric,
                "against": wanted.against, "at_most": round(wanted.limit, 3), "came": round(value, 3),
                "met": value <= wanted.limit})
    return found


def table(group, samples, peers):
    """A line for each case and peer; CPU and waits in microseconds."""
    judged = "client_cpu" if group.clients else "server_cpu"
    lines = [
        f"\n{group.title}",
        f"  {'':10}{'':14}{'server CPU':>12}{'client CPU':>12}{'p50':>10}{'p99':>10}{'Weft to it':>12}"]
    for case in group.cases:
        for peer in peers:
            median = medians(samples[case.name, peer.name])
            line = f"  {case.name if peer is peers[0] else '':10}{peer.name:14}"
            line += f"{median['server_cpu']:12.2f}{median['client_cpu']:12.2f}"
            line += f"{median['p50']:10.0f}{median['p99']:10.0f}"
            line += f"{ratio(samples, case.name, judged, peer.name):12.3f}" if peer.name != "weft" else f"{'':12}"
            if "megabytes_per_cpu_second" in median:
                line += f"{median['megabytes_per_cpu_second']:10.0f} MB per CPU second"
            lines.append(line.rstrip())
    return "\n".join(lines)


def recorded(groups):
    """What was wanted and came in the runs that were kept."""
    return [one for group in groups for one in kept(group)["wanted"]]


def named(one):
    against = f" of {one['of']} against {one['against']}" if "against" in one else ""
    return f"{one['group']} {one['case']}: {one['metric']}{against}"


def described(one):
    """A verdict in words."""
    return f"{named(one)} is {one['came']:g}, wanted at most {one['at_most']:g}"


def verdict_lines(found):
    lines = [f"\n{'wanted':56}{'at most':>10}{'came':>10}"]
    for one in found:
        lines.append(
            f"{named(one):56}{one['at_most']:10.3f}{one['came']:10.3f}  {'met' if one['met'] else 'MISSED'}")
    return "\n".join(lines)


def memory_table(megabytes, peers):
    """What peers had that kept all open; `ended` of those that did not, `-` of those that were not asked."""
    lines = ["\nserver memory, MB resident", f"  {'':30}" + "".join(f"{peer.name:>14}" for peer in peers)]
    for name, came in megabytes.items():
        for metric, what in (("megabytes", name), ("start", "  before")):
            line = f"  {what:30}"
            for peer in peers:
                found = came.get(peer.name, {metric: "-"})
                value = found[metric] if found else "ended"
                line += f"{value:>14}" if isinstance(value, str) else f"{value:14.1f}"
            lines.append(line)
    return "\n".join(lines)


def allocations_table(counted, budget, grown):
    lines = [f"\n{'Weft: heap allocations per call':36}{'counted':>10}{'budget':>10}"]
    for name, count in counted.items():
        allowed = f"{budget[name]:10.2f}" if name in budget else f"{'none':>10}"
        lines.append(f"  {name:34}{count:10.2f}{allowed}{'  GROWN' if name in grown else ''}")
    return "\n".join(lines)


def keep(name, machine, found, **rest):
    """Writes results/NAME.json."""
    RESULTS.mkdir(exist_ok=True)
    result = {
        "when": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"), "machine": machine,
        **rest, "wanted": found}
    (RESULTS / f"{name}.json").write_text(json.dumps(result, indent=2) + "\n")


def kept(name):
    """What results/NAME.json says."""
    try:
        return json.loads((RESULTS / f"{name}.json").read_text())
    except FileNotFoundError:
        raise SystemExit(f"there are no results of {name}: make bench ONLY={name}") from None


def rounded(samples, peers, group):
    return {
        case.name: {
            peer.name: {metric: round(value, 2) for metric, value in medians(samples[case.name, peer.name]).items()}
            for peer in peers}
        for case in group.cases}
