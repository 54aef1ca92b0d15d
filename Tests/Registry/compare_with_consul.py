"""Prints in what the registry at a port differs from Consul: `python3 Tests/Registry/compare_with_consul.py 8500`.

Further arguments name the files of requests to make: agent, catalog, health, keys, others; or access,
for a registry started with `--initial-management-token` and the token in compare/requests/access.py, and
`--default-policy deny`.
"""

import sys

from compare.known import found_differences, meant
from compare.requests import FILES, FILES_WITH_ACCESS


def main():
    port, *only = sys.argv[1:]
    unmeant = 0
    for scenario, differences in found_differences(int(port), FILES_WITH_ACCESS if only == ["access"] else FILES, only).items():
        told = [each for each in differences if not meant(each)]
        unmeant += len(told)
        print(f"{scenario}: {len(told)} not meant, {len(differences) - len(told)} meant")
        for each in told:
            print(f"  {each.label}: {each.path}\n    Consul {each.consul!r}\n    Weft   {each.weft!r}"[:600])
    print(f"{unmeant} differences that are not meant")
    return 1 if unmeant else 0


if __name__ == "__main__":
    sys.exit(main())
