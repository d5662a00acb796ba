"""Run the benchmarks, or those that are named: python -m tests.benchmarks [learner]."""

import sys

from . import learner

BENCHMARKS = {"learner": learner.main}


def main(names: list[str]) -> None:
    for name in names or BENCHMARKS:
        BENCHMARKS[name]()


if __name__ == "__main__":
    main(sys.argv[1:])
