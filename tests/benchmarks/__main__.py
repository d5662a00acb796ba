"""Run the benchmarks, or those that are named: python -m tests.benchmarks [speed] [memory] ..."""

import sys

from tests.benchmarks import drawing, learner, monitoring, whole_class


def metric() -> None:
    """Import the peers only where they are asked for: they come with the extra `bench`."""
    from tests.benchmarks import metric_learning

    metric_learning.main()


BENCHMARKS = {
    "learner": learner.main,
    "metric": metric,
    "drawing": drawing.main,
    "monitor": monitoring.main,
    "speed": whole_class.speed,
    "processor": whole_class.processor,
    "nbgrader": whole_class.against_nbgrader,
    "memory": whole_class.memory,
}


def main(names: list[str]) -> None:
    for name in names or BENCHMARKS:
        BENCHMARKS[name]()


if __name__ == "__main__":
    main(sys.argv[1:])
