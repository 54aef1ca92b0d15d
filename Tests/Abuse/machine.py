"""Which core does what. The server has one to itself, and one event loop, which its clients share; attackers run at
normal priority on another."""

import os
import subprocess

CORES = sorted(os.sched_getaffinity(0))
SERVER, ATTACKER, VICTIM = CORES[0], CORES[1 % len(CORES)], CORES[2 if len(CORES) > 2 else 1 % len(CORES)]


def pin(core):
    """This process on one core."""
    os.sched_setaffinity(0, {core})


def first():
    """A command before the server's that lets it go before whatever else the machine does, where that is allowed: other
    work is not to be measured. Attackers stay as they are, on another core."""
    allowed = subprocess.run(["chrt", "--rr", "1", "true"], stderr=subprocess.DEVNULL).returncode == 0
    return ["chrt", "--rr", "1"] if allowed else []


def resident(pid):
    """MiB in memory now."""
    with open(f"/proc/{pid}/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS")) / 1024
