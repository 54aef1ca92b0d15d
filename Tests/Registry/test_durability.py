"""A few rounds of load and kill; `make durability` makes hundreds."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = Path(__file__).resolve().parent / "durability_rounds.py"


@pytest.mark.parametrize(
    "harm, rounds", [("none", 8), ("garbage", 4), ("cut", 4), ("scramble", 4), ("full", 2)])
def test_what_was_acknowledged_survives_kills(harm, rounds):
    done = subprocess.run(
        [sys.executable, PROGRAM, "--rounds", str(rounds), "--harm", harm], capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    told = json.loads(done.stdout)
    assert told["rounds"] == rounds and told["catalogue"]["acknowledged"] > rounds
