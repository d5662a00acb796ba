"""Run the attacks, or those that are named: python -m tests.attack [hostile] [kills] [runs] [load] [cluster].

The last two take most of an hour each, so they run where they are named.
"""

import sys

from tests.attack import cut_off, hostile_class, killed_graders, killed_runs, load

ATTACKS = {
    "kills": killed_graders.main,
    "runs": killed_runs.main,
    "hostile": hostile_class.main,
}
LONG = {"load": load.main, "cluster": cut_off.main}


def main(names: list[str]) -> None:
    for name in names or ATTACKS:
        (ATTACKS | LONG)[name]()


if __name__ == "__main__":
    main(sys.argv[1:])
