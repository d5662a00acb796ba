"""Grade the exercises of the course, run its experiment, and build its book."""

from typing import Any


def load_ipython_extension(ipython: Any) -> None:
    """Answer `%load_ext autograder` in Jupyter: from then on there is `%check ch04`."""
    # It loads torch, which takes a second, and which the command's --help must not wait for.
    from .learner.magic import register

    register(ipython)
