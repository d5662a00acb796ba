"""How many threads numerical libraries use, and how these wait for each other."""

import os

# A thread that waits for another one in a loop takes a core: with one other program that computes,
# a training step took eight times as long.
WAIT_ASLEEP = {"OMP_WAIT_POLICY": "PASSIVE"}
# The checks are small, and no thread survives a fork.
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}


def wait_asleep() -> None:
    """Tell the numerical libraries, unless somebody has told them how to wait."""
    os.environ.update({**WAIT_ASLEEP, **os.environ})


def think_with_one_thread() -> None:
    """Tell the numerical libraries, which read it only while they are loaded."""
    os.environ.update(ONE_THREAD)
