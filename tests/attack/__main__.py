"""Run all attacks, or those that are named: python -m tests.attack [hostile] [kills] [runs]."""

import sys

from tests.attack import hostile_class, killed_graders, killed_runs

ATTACKS = {
    "kills": killed_graders.main,
    "runs": killed_runs.main,
    "hostile": hostile_class.main,
}


def main(names: list[str]) -> None:
    for name in names or ATTACKS:
        ATTACKS[name]()


if __name__ == "__main__":
    main(sys.argv[1:])
