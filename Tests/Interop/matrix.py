"""Runs gRPC's interoperability cases between Weft and other implementations, and prints what passed.

matrix.py [--peers python,c++,go] [--no-http2-test] [--markdown FILE]

Ends with 1 when a case fails. Logs are in .tools/interop/logs.
"""

import argparse
import concurrent.futures
import contextlib
import os
import pathlib
import sys

import cases
import peers
import processes

LOGS = peers.TOOLS / "logs"
TRANSPORTS = ["h2c", "tls"]


def run_pair(client, server, transport, pool):
    """The outcome of each case that both sides know."""
    tls = transport == "tls"
    label = f"{client.name}-to-{server.name}-{transport}"
    port = processes.free_ports(1)
    known = [case for case in cases.ALL if case in client.client_cases and case in server.server_cases]
    with processes.server(
            server.server_command(port, tls), [port], LOGS / f"{label}-server.log", server.variables()):
        futures = {
            case: pool.submit(
                processes.passes, client.client_command(case, port, tls), LOGS / f"{label}-{case}.log",
                client.variables())
            for case in known
        }
        return {case: future.result() for case, future in futures.items()}


def run_misbehaviour(weft):
    """The eight cases of gRPC's http2_test, one after another."""
    base = processes.free_ports(len(cases.MISBEHAVIOUR))
    ports = dict(zip(cases.MISBEHAVIOUR, range(base, base + len(cases.MISBEHAVIOUR))))
    log = LOGS / "http2-test-server.log"
    environment = {**os.environ, "PYTHONPATH": str(peers.TOOLS / "python")}
    with processes.server(peers.http2_test(base), [ports["no_df_padding_sanity_test"]], log, environment):
        results = {
            case: processes.passes(weft.client_command(case, port, False), LOGS / f"http2-test-{case}.log")
            for case, port in ports.items()
        }
    # What the servers think of the client is in their log alone.
    said = log.read_text(errors="replace")
    results["ping"] &= "Ping Count 0" in said and "AssertionError" not in said
    results["goaway"] &= "Disconnect received. Count 2" in said
    return results


def cell(outcomes):
    """Both transports in one word."""
    known = [outcome for outcome in outcomes if outcome is not None]
    if not known:
        return "-"
    if all(known):
        return "ok"
    return " ".join(f"{name} FAILED" for name, outcome in zip(TRANSPORTS, outcomes) if outcome is False)


def table(header, rows):
    widths = [max(len(row[column]) for row in [header] + rows) for column in range(len(header))]
    lines = [header, ["-" * width for width in widths]] + rows
    return ["| " + " | ".join(text.ljust(width) for text, width in zip(line, widths)) + " |" for line in lines]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--peers", default="python,c++,go")
    parser.add_argument("--http2-test", default=True, action=argparse.BooleanOptionalAction)
    parser.add_argument("--markdown", type=pathlib.Path, help="write the tables between the marks in this file")
    arguments = parser.parse_args()
    known = {"python": peers.python, "c++": peers.cpp, "go": peers.go}
    weft = peers.weft()
    others = [known[name]() for name in arguments.peers.split(",")]
    LOGS.mkdir(parents=True, exist_ok=True)

    pairs = [(weft, weft)] + [(weft, other) for other in others] + [(other, weft) for other in others]
    results = {}
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 2) as pool:
        for client, server in pairs:
            for transport in TRANSPORTS:
                results[client.name, server.name, transport] = run_pair(client, server, transport, pool)

    header = ["case"] + [f"{client.name} to {server.name}" for client, server in pairs]
    rows = []
    for case in cases.ALL:
        row = [case]
        for client, server in pairs:
            row.append(cell([results[client.name, server.name, name].get(case) for name in TRANSPORTS]))
        if any(text != "-" for text in row[1:]):
            rows.append(row)
    lines = table(header, rows)

    misbehaviour = run_misbehaviour(weft) if arguments.http2_test else {}
    if misbehaviour:
        rows = [[case, "ok" if outcome else "FAILED"] for case, outcome in misbehaviour.items()]
        lines += [""] + table(["http2_test", "weft client"], rows)

    print("\n".join(lines))
    if arguments.markdown:
        write(arguments.markdown, lines)
    outcomes = [outcome for result in results.values() for outcome in result.values()]
    outcomes += misbehaviour.values()
    failed = outcomes.count(False)
    if failed:
        show_failures(results, misbehaviour)
    print(f"\n{len(outcomes) - failed} cases passed, {failed} failed")
    return 1 if failed else 0


def show_failures(results, misbehaviour):
    """The ends of the logs of what failed."""
    logs = [
        f"{client}-to-{server}-{transport}-{case}.log" for (client, server, transport), result in results.items()
        for case, outcome in result.items() if not outcome
    ]
    logs += [f"http2-test-{case}.log" for case, outcome in misbehaviour.items() if not outcome]
    for name in logs:
        with contextlib.suppress(OSError):
            print(f"\n==> {name}", *(LOGS / name).read_text(errors="replace").splitlines()[-5:], sep="\n")


def write(path, lines):
    text = path.read_text()
    begin, end = "<!-- matrix -->\n", "<!-- end of matrix -->"
    before, rest = text.split(begin)
    after = rest.split(end)[1]
    path.write_text(before + begin + "\n".join(lines) + "\n" + end + after)


if __name__ == "__main__":
    sys.exit(main())
