"""Measure a network beside its training: a copy of it, in a thread of its own."""

import copy
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

import torch
from torch import nn

Measured = float | None


class BesideTraining:
    """Measure one network after another, each as it is at the moment when it is handed over.

    A training of a small network leaves a core idle, and there the work costs it little time. A
    network that cannot be copied is measured at once, while its training waits.
    """

    def __init__(self, measure: Callable[[nn.Module], Measured]) -> None:
        self._measure = measure
        self._thread = ThreadPoolExecutor(max_workers=1)
        self._found: Future[Measured] | None = None
        self._tell: Callable[[Measured], None] = lambda _: None
        # Waited for, since the number of threads is in part one number for the whole process.
        self._thread.submit(torch.set_num_threads, 1).result()

    def start(self, network: nn.Module, tell: Callable[[Measured], None]) -> None:
        """Begin to measure a network; finish() hands the result to `tell`."""
        self.finish()
        copied = _copy_of(network)
        if copied is None:
            tell(self._measure(network))
        else:
            self._found, self._tell = self._thread.submit(self._measure, copied), tell

    def finish(self) -> None:
        """Wait for what was begun, and tell it. Raises what the measuring raised."""
        found, self._found = self._found, None
        if found is not None:
            self._tell(found.result())

    def close(self) -> None:
        """Wait for what was begun, tell it if there is a result, and end the thread."""
        if self._found is not None and self._found.exception() is None:
            self.finish()
        self._thread.shutdown()


def _copy_of(network: nn.Module) -> nn.Module | None:
    try:
        return copy.deepcopy(network)
    except Exception:  # such as of a network that keeps a result, which torch does not copy
        return None
