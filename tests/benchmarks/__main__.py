"""Run the benchmarks, or those that are named: python -m tests.benchmarks [speed] [memory] ..."""

import sys

from . import drawing, learner, whole_class

BENCHMARKS = {
    "learner": learner.main,
    "drawing": drawing.main,
    "speed": whole_class.speed,
    "nbgrader": whole_class.against_nbgrader,
    "memory": whole_class.memory,
}


def main(names: list[str]) -> None:
    for name in names or BENCHMARKS:
        BENCHMARKS[name]()


if __name__ == "__main__":
    main(sys.argv[1:])
