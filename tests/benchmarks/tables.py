"""One line for each ratio and each recall, and all of them as a file that the book shows."""

import json
import platform
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

from autograder.chapters import BOOK

LAST_TABLE = BOOK / "measured" / "benchmarks.json"


class Table:
    """What one run of the benchmarks has measured."""

    def __init__(self) -> None:
        self.lines: list[dict[str, Any]] = []
        self.shares: list[dict[str, Any]] = []

    def add(self, what: str, peer: str, ours: float, theirs: float, bar: float | None) -> None:
        """Note and print how long ours takes against theirs, in seconds each."""
        ratio = ours / theirs
        self.lines.append(
            {"what": what, "peer": peer, "ours": ours, "theirs": theirs, "ratio": ratio, "bar": bar}
        )
        verdict = (
            "" if bar is None else f"(bar {bar:g})  {'ok' if ratio <= bar else 'ABOVE THE BAR'}"
        )
        print(
            f"{what:<44} {peer:<28} {1e3 * ours:9.1f} ms / {1e3 * theirs:9.1f} ms = "
            f"{ratio:6.3f} {verdict}",
            flush=True,
        )

    def add_share(self, what: str, shares: list[float], seconds: float, bar: float) -> None:
        """Note and print a share of one for each seed, and the longest training behind them."""
        mean = statistics.mean(shares)
        self.shares.append(
            {"what": what, "mean": mean, "seeds": shares, "seconds": seconds, "bar": bar}
        )
        verdict = "ok" if mean >= bar else "BELOW THE BAR"
        each = ", ".join(f"{100 * share:.2f}" for share in shares)
        print(
            f"{what:<44} {100 * mean:.2f} % (seeds {each}; {seconds:.0f} s of training; "
            f"bar {100 * bar:.1f})  {verdict}",
            flush=True,
        )

    def write(self, path: Path = LAST_TABLE) -> None:
        """Write the table with what it was measured on."""
        import resource  # Windows has none, and the tests of the rest run there

        machine = {
            "cores": torch.get_num_threads(),
            "processor": platform.machine(),
            "python": platform.python_version(),
            "torch": str(torch.__version__),
            "day": time.strftime("%Y-%m-%d"),
            "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        }
        print(f"Peak memory, peers included: {machine['peak_mb']:,} MB", flush=True)
        measured = {"machine": machine, "lines": self.lines, "shares": self.shares}
        text = json.dumps(measured, indent=1)
        path.write_text(text + "\n", encoding="utf-8")


def by_turns(ours: Callable[[], object], theirs: Callable[[], object], rounds: int) -> list[float]:
    """Return the median seconds of each, taken by turns, so that a busy moment meets both."""
    times: list[list[float]] = [[], []]
    for _ in range(rounds + 1):
        for function, taken in zip((ours, theirs), times, strict=True):
            started = time.perf_counter()
            function()
            taken.append(time.perf_counter() - started)
    return [statistics.median(taken[1:]) for taken in times]  # the first round warms up
