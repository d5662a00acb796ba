"""How long a learner waits, as ratios to an import of torch, or of click, in the same run."""

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from autograder.chapters import ROOT, SOLUTIONS
from tests.terminals import Terminal, copy_of_course

ROUNDS = 7
HELP_ROUNDS = 25
SAVES = 40
FOOTER = "q quit"


def seconds_of(*command: str) -> float:
    started = time.perf_counter()
    subprocess.run([sys.executable, *command], cwd=ROOT, capture_output=True, check=True)
    return time.perf_counter() - started


def line(what: str, value: float, bar: float, unit: str) -> None:
    verdict = "ok" if value <= bar else "ABOVE THE BAR"
    print(f"{what:<58} {value:6.2f} {unit:<3} (bar {bar:g})  {verdict}", flush=True)


def by_turns(commands: dict[str, list[str]], rounds: int) -> dict[str, float]:
    """Return the median seconds of each command; a busy moment of the machine meets all alike."""
    times: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            times[name].append(seconds_of(*command))
    return {name: statistics.median(own) for name, own in times.items()}


def help_page() -> None:
    times = by_turns(
        {"floor": ["-c", "import click"], "help": ["-m", "autograder", "--help"]}, HELP_ROUNDS
    )
    line("triplet --help, to an import of click", times["help"] / times["floor"], 2.0, "x")


def cold_starts() -> None:
    times = by_turns(
        {
            "floor": ["-c", "import torch"],
            "ch04": ["-m", "autograder", "check", "ch04", "--solutions"],
            "all": ["-m", "autograder", "check", "--all", "--solutions"],
        },
        ROUNDS,
    )
    print(f"import torch: {times['floor']:.2f} s (median of {ROUNDS})")
    line("triplet check ch04, cold", times["ch04"] / times["floor"], 1.5, "x")
    line("triplet check --all, cold", times["all"] / times["floor"], 3.0, "x")


def saves() -> None:
    """Save chapter 4 again and again, by turns right and wrong, and wait for the verdict."""
    text = (SOLUTIONS / "ch04_triplet_loss.py").read_text(encoding="utf-8")
    wrong = text.replace("+ margin).mean()", "- margin).mean()")
    times = []
    with tempfile.TemporaryDirectory() as folder:
        course = copy_of_course(Path(folder))
        terminal = Terminal(course, "watch", "4")
        try:
            terminal.wait_for(FOOTER)
            for number in range(SAVES):
                terminal.shown = ""
                started = time.perf_counter()
                path = course / "exercises" / "ch04_triplet_loss.py"
                path.write_text((text, wrong)[number % 2], encoding="utf-8")
                terminal.wait_for(FOOTER)
                times.append(time.perf_counter() - started)
            terminal.press("q")
        finally:
            terminal.end()
    line("watch, from save to verdict, median", statistics.median(times), 0.3, "s")
    line("watch, 95th percentile", statistics.quantiles(times, n=20)[-1], 0.6, "s")


def main() -> None:
    help_page()
    cold_starts()
    saves()
