"""Asks a real Consul every request and keeps its answers: `make consul-record`."""

import json
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "EndToEnd")]

from compare.perform import perform  # noqa: E402
from compare.requests import FILES, FILES_WITH_ACCESS, MANAGEMENT  # noqa: E402
from servers import consul  # noqa: E402

ANSWERS = HERE / "compare/answers"


def record(server, files):
    with server:
        for name, scenarios in files.items():
            answers = {scenario.name: perform(server.http_port, scenario) for scenario in scenarios}
            (ANSWERS / f"{name}.json").write_text(json.dumps(answers, indent=1, ensure_ascii=False) + "\n")
            print(f"{name}: {sum(map(len, answers.values()))} answers")


def main():
    ANSWERS.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        record(consul(folder), FILES)
    with tempfile.TemporaryDirectory() as folder:
        record(consul(folder, MANAGEMENT, "deny"), FILES_WITH_ACCESS)


if __name__ == "__main__":
    main()
