"""Asks a real Consul every request and keeps its answers: `make consul-record`."""

import json
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "EndToEnd")]

from compare.perform import perform  # noqa: E402
from compare.requests import FILES  # noqa: E402
from servers import Consul  # noqa: E402

ANSWERS = HERE / "compare/answers"


def main():
    ANSWERS.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, Consul(folder) as consul:
        for name, scenarios in FILES.items():
            answers = {scenario.name: perform(consul.http_port, scenario) for scenario in scenarios}
            text = json.dumps(answers, indent=1, ensure_ascii=False)
            (ANSWERS / f"{name}.json").write_text(text + "\n")
            print(f"{name}: {sum(map(len, answers.values()))} answers")


if __name__ == "__main__":
    main()
