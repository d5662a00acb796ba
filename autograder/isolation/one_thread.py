"""One thread for numerical libraries: the checks are small, and no thread survives a fork."""

import os

ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}


def think_with_one_thread() -> None:
    """Tell the numerical libraries, which read it only while they are loaded."""
    os.environ.update(ONE_THREAD)
