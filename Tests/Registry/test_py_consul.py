"""py-consul's own tests, from its source distribution, against Weft's port."""

import os
import shutil
import subprocess
import sys
import xml.etree.ElementTree as tree
from pathlib import Path

import pytest

from py_consul.left_out import LEFT_OUT
from servers import PEERS

HERE = Path(__file__).resolve().parent
SOURCE = PEERS / "py-consul"


def run_suite(folder, seconds=900):
    """Runs the suite; gives the outcome of each test by its name."""
    # Their own conftest.py wants a container engine.
    for part in ("consul", "tests"):
        shutil.copytree(SOURCE / part, folder / part)
    paths = [folder, HERE, HERE / "py_consul", HERE.parent / "EndToEnd"]
    (folder / "pytest.ini").write_text("[pytest]\nasyncio_mode = auto\n")
    report = folder / "report.xml"
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "registry_plugin", "-p", "no:cacheprovider", "tests",
         f"--junitxml={report}"],
        cwd=folder, capture_output=True, text=True, timeout=seconds,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(map(str, paths))})
    assert report.exists(), done.stdout[-4000:] + done.stderr[-4000:]
    return {name_of(case): outcome_of(case) for case in tree.parse(report).getroot().iter("testcase")}, done.stdout


def name_of(case):
    return f"{case.get('classname', '').removeprefix('tests.')}.{case.get('name')}"


def outcome_of(case):
    for kind in ("failure", "error", "skipped"):
        if case.find(kind) is not None:
            return kind
    return "passed"


@pytest.fixture(scope="module")
def suite(tmp_path_factory):
    return run_suite(tmp_path_factory.mktemp("py-consul"))


def test_all_of_the_suite_passes_but_what_is_left_out(suite):
    outcomes, text = suite
    assert len(outcomes) > 150
    broken = [
        name for name, outcome in outcomes.items() if outcome in ("failure", "error") and name not in LEFT_OUT]
    assert broken == [], text[-8000:]


def test_what_is_left_out_is_there_and_fails(suite):
    outcomes, _ = suite
    assert [name for name in LEFT_OUT if outcomes.get(name, "missing") not in ("failure", "error")] == []
