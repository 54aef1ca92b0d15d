"""Weft answers as Consul does: status, headers and JSON of some 640 requests, but for the differences in meant.py."""

import pytest

from compare.known import covers, found_differences, meant
from compare.meant import MEANT
from compare.requests import FILES, FILES_WITH_ACCESS, MANAGEMENT
from servers import weft

SCENARIOS = [
    scenario.name for scenarios in (*FILES.values(), *FILES_WITH_ACCESS.values()) for scenario in scenarios]


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    with weft(tmp_path_factory.mktemp("open")) as server:
        found = found_differences(server.http_port, FILES)
    with weft(tmp_path_factory.mktemp("closed"), MANAGEMENT, "deny") as server:
        return found | found_differences(server.http_port, FILES_WITH_ACCESS)


def test_every_difference_that_is_meant_is_still_there(found):
    differences = [each for scenario in found.values() for each in scenario]
    unused = [entry for entry in MEANT if not any(covers(entry, each) for each in differences)]
    assert [f"{entry.reason}: {entry.label} {entry.path}" for entry in unused] == []


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_weft_answers_as_consul_does(found, scenario):
    assert [str(each) for each in found[scenario] if not meant(each)] == []
