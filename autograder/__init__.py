"""Grade the exercises of the course, run its experiment, and build its book."""

from typing import Any


def load_ipython_extension(ipython: Any) -> None:
    """Answer `%load_ext autograder` in Jupyter: from then on there is `%check ch04`."""
    from .magic import register  # torch takes a second: the command's --help must not wait for it

    register(ipython)
