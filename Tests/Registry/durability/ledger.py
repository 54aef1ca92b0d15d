"""What was asked of the registry and what it acknowledged: all that may be there, and nothing else."""

import dataclasses
import threading


class Broken(AssertionError):
    """The registry broke a promise."""


@dataclasses.dataclass
class Entry:
    # The last acknowledged state: a number that stands for the whole value, or None for "not there".
    acknowledged: "int | None" = None
    # States that were asked for and not answered: each may have come about or not.
    pending: list = dataclasses.field(default_factory=list)


class Ledger:
    """One thread writes a key at a time; every key belongs to one thread."""

    def __init__(self, name):
        self.name = name
        self.entries = {}
        self.counts = {"acknowledged": 0, "refused": 0, "unanswered": 0}
        self.highest_revision = 0
        # (revision, key, number) of every acknowledged change since these were last looked at.
        self.changes = []
        self.lock = threading.Lock()

    def entry(self, key):
        with self.lock:
            return self.entries.setdefault(key, Entry())

    def ask(self, keys, number):
        """Before a request: these keys, all at once, to become what `number` stands for."""
        for key in keys:
            self.entry(key).pending.append(number)

    def acknowledge(self, keys, number, revision=0):
        for key in keys:
            entry = self.entry(key)
            # Removing what is not there changes nothing, and is answered with the revision of another change.
            if revision and (number is not None or (entry.acknowledged is not None and len(entry.pending) == 1)):
                self.changes.append((revision, key, number))
            entry.acknowledged, entry.pending = number, []
        with self.lock:
            self.counts["acknowledged"] += 1
            self.highest_revision = max(self.highest_revision, revision)

    def refuse(self, keys):
        """The registry said that it has not done it."""
        for key in keys:
            self.entry(key).pending.pop()
        with self.lock:
            self.counts["refused"] += 1

    def leave_open(self):
        """Nobody answered: the keys stay open until the next check."""
        with self.lock:
            self.counts["unanswered"] += 1

    def check(self, found, groups=()):
        """Compares with what is there: key -> number. What was open is settled by it.

        - groups: keys that were always written together.
        """
        for key in found.keys() - self.entries.keys():
            raise Broken(f"{self.name}: {key} is there, and nobody asked for it")
        for key, entry in self.entries.items():
            now = found.get(key)
            if now != entry.acknowledged and now not in entry.pending:
                raise Broken(
                    f"{self.name}: {key} is {now}; acknowledged is {entry.acknowledged}, open are {entry.pending}")
        for group in groups:
            states = {found.get(key) for key in group}
            if len(states) > 1:
                raise Broken(f"{self.name}: {group} were written together and are {states}")
        self.settle(found)

    def check_prefix(self, found, before):
        """As `check`, when the end of what was acknowledged may be lost: up to some change everything must be there,
        and nothing after it.

        - before: what was there when the changes began.
        """
        expected = dict(before)
        changes = sorted(self.changes)
        for number in range(len(changes) + 1):
            if number:
                _, key, state = changes[number - 1]
                expected[key] = state
            if all(
                    found.get(key) == expected.get(key) or found.get(key) in entry.pending
                    for key, entry in self.entries.items()):
                return
        raise Broken(f"{self.name}: it never was {found}; it began with {before} and became {expected}")

    def settle(self, found):
        """Takes what is there as what was acknowledged."""
        for key, entry in self.entries.items():
            entry.acknowledged, entry.pending = found.get(key), []
        self.changes = []

    def forget(self):
        """The registry begins empty."""
        self.entries, self.changes, self.highest_revision = {}, [], 0
