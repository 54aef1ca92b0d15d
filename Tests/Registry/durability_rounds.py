"""Kills a registry under load, round after round, and checks that it keeps every promise: `make durability`.

    python Tests/Registry/durability_rounds.py --rounds 200 [--harm none|garbage|cut|scramble|full] [--seed N]

Prints a line of JSON. A broken promise ends it with exit code 1, the seed, and the registry's folder left as it is.
"""

import argparse
import json
import os
import random
import shutil
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("GRPC_ENABLE_FORK_SUPPORT", "0")
HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "EndToEnd")]

import protos  # noqa: E402
from durability import disk, full_disk  # noqa: E402
from durability.ledger import Broken  # noqa: E402
from durability.rounds import Trial  # noqa: E402
from servers import Weft  # noqa: E402


def parsed():
    parser = argparse.ArgumentParser(prog="durability_rounds.py", description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=20, help="how often it is killed")
    parser.add_argument("--harm", choices=[*disk.HARMS, "full"], default="none", help="what happens to the disk")
    parser.add_argument("--seed", type=int, default=random.randrange(1_000_000), help="repeats the same moments")
    return parser.parse_args()


def trial_of(options, folder):
    stubs = protos.compile_into(folder)
    server = Weft(folder / "registry")
    if options.harm == "full":
        return full_disk.FullDisk(server, stubs, options.seed)
    return Trial(server, stubs, options.seed, options.harm)


def main():
    options = parsed()
    if options.harm == "full" and not full_disk.is_in_namespace():
        return full_disk.run_in_namespace([__file__, *sys.argv[1:]])
    folder = Path(tempfile.mkdtemp(prefix="weft-durability-"))
    started = time.monotonic()
    trial = trial_of(options, folder)
    try:
        for _ in range(options.rounds):
            trial.round()
    except Broken as error:
        print(f"BROKEN in round {trial.number}, seed {options.seed}, data in {folder}: {error}", file=sys.stderr)
        return 1
    finally:
        trial.end()
    summary = {"harm": options.harm, "seed": options.seed, **trial.summary()}
    print(json.dumps({**summary, "seconds": round(time.monotonic() - started)}), flush=True)
    shutil.rmtree(folder, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
