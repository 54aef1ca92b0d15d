"""Finds in what two answers differ."""

import dataclasses

# What tells elements of a list apart.
IDENTITIES = ("ServiceID", "CheckID", "Key", "ID", "Node", "Name", "Service")


@dataclasses.dataclass(frozen=True)
class Difference:
    scenario: str
    label: str
    # As "status", "headers.allow", "body[web-1].Checks[service:web-1].Output".
    path: str
    consul: object
    weft: object

    def __str__(self):
        return f"{self.scenario}: {self.label}: {self.path}: Consul {shown(self.consul)}, Weft {shown(self.weft)}"


MISSING = type("Missing", (), {"__repr__": lambda _: "has none"})()


def shown(value):
    text = repr(value)
    return text if len(text) < 160 else text[:160] + "..."


def differences(scenario, label, consul, weft):
    return [
        Difference(scenario, label, path, theirs, ours) for path, theirs, ours in compared("", consul, weft)]


def compared(path, theirs, ours):
    if isinstance(theirs, list) and isinstance(ours, list):
        identity = identity_of(theirs + ours)
        if identity:
            theirs, ours = (by_identity(each, identity) for each in (theirs, ours))
            # Consul's lists of checks come in any order; those of keys are sorted.
            if "Key" in identity and list(theirs) != list(ours) and set(theirs) == set(ours):
                yield path + ".order", list(theirs), list(ours)
        else:
            theirs, ours = (dict(enumerate(each)) for each in (theirs, ours))
        yield from compared_entries(path, theirs, ours, "[{}]")
    elif isinstance(theirs, dict) and isinstance(ours, dict):
        yield from compared_entries(path, theirs, ours, ".{}" if path else "{}")
    elif type(theirs) is not type(ours) or theirs != ours:
        yield path, theirs, ours


def compared_entries(path, theirs, ours, form):
    for name in [*theirs, *(name for name in ours if name not in theirs)]:
        yield from compared(path + form.format(name), theirs.get(name, MISSING), ours.get(name, MISSING))


def identity_of(elements):
    """The keys that together tell these elements apart."""
    if not elements or not all(isinstance(element, dict) for element in elements):
        return ()
    keys = tuple(key for key in IDENTITIES if all(isinstance(element.get(key), str) for element in elements))
    if not keys and all(isinstance(element.get("Service"), dict) and "Checks" in element for element in elements):
        return ("Service",)
    return keys


def by_identity(elements, identity):
    found = {}
    for element in elements:
        name = "/".join(element[key] if isinstance(element[key], str) else str(element[key].get("ID")) for key in identity)
        while name in found:
            name += "'"
        found[name] = element
    return found
