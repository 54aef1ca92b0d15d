"""All scenarios, in the order in which they are made; each file's answers are kept in answers/NAME.json."""

from . import access, agent, catalog, health, keys, others

FILES = {
    "agent": agent.SCENARIOS, "catalog": catalog.SCENARIOS, "health": health.SCENARIOS, "keys": keys.SCENARIOS,
    "others": others.SCENARIOS}

# The same, for servers with access control; see access.py.
FILES_WITH_ACCESS = {"access": access.SCENARIOS}
MANAGEMENT = access.MANAGEMENT
