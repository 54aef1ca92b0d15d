"""Reads Consul's answers, and sorts what differs into what is meant and what is not."""

import fnmatch
import json
from pathlib import Path

from .differ import differences
from .meant import MEANT
from .perform import perform

ANSWERS = Path(__file__).resolve().parent / "answers"


def answers_of(name):
    return json.loads((ANSWERS / f"{name}.json").read_text())


def found_differences(port, files, only=()):
    """Makes every request of the files of Weft at this port; gives all differences, by scenario."""
    found = {}
    for name, scenarios in files.items():
        if only and name not in only:
            continue
        answers = answers_of(name)
        for scenario in scenarios:
            ours = perform(port, scenario)
            found[scenario.name] = [
                each for label, theirs in answers[scenario.name].items()
                for each in differences(scenario.name, label, theirs, ours[label])]
    return found


def meant(difference):
    """The entry of the list that allows the difference, or nothing."""
    return next((entry for entry in MEANT if covers(entry, difference)), None)


def covers(entry, difference):
    return (matches(entry.scenario, difference.scenario) and matches(entry.label, difference.label)
            and matches(entry.path, difference.path) and entry.allows(difference.consul, difference.weft))


def matches(pattern, text):
    # [ and ] stand for themselves: paths are full of them.
    return fnmatch.fnmatchcase(text, pattern.replace("[", "[[]"))
