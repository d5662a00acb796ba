"""Set how many threads the numerical libraries use, and how these wait for each other."""

import os

# A thread that waits in a busy loop occupies a core: beside one other program that computes, a
# training step took eight times as long.
WAIT_ASLEEP = {"OMP_WAIT_POLICY": "PASSIVE"}
# The checks are small, and threads do not survive a fork.
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}


def wait_asleep() -> None:
    """Let waiting threads sleep, unless the environment says otherwise. Call before torch loads."""
    os.environ.update({**WAIT_ASLEEP, **os.environ})


def think_with_one_thread() -> None:
    """Limit the numerical libraries to one thread. Call it before they are loaded."""
    os.environ.update(ONE_THREAD)
