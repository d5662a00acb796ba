"""How long a learner waits, as ratios to `python -c "import torch"` in the same run."""

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from autograder.chapters import ROOT, SOLUTIONS

from ..terminals import Terminal, copy_of_course

ROUNDS = 7
SAVES = 40
FOOTER = "q quit"


def seconds_of(*command: str) -> float:
    started = time.perf_counter()
    subprocess.run([sys.executable, *command], cwd=ROOT, capture_output=True, check=True)
    return time.perf_counter() - started


def line(what: str, value: float, bar: float, unit: str) -> None:
    verdict = "ok" if value <= bar else "ABOVE THE BAR"
    print(f"{what:<58} {value:6.2f} {unit:<3} (bar {bar:g})  {verdict}", flush=True)


def cold_starts() -> None:
    """Take turns, so that a busy moment of the machine meets all three alike."""
    commands = {
        "floor": ["-c", "import torch"],
        "ch04": ["-m", "autograder", "check", "ch04", "--solutions"],
        "all": ["-m", "autograder", "check", "--all", "--solutions"],
    }
    times: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(ROUNDS):
        for name, command in commands.items():
            times[name].append(seconds_of(*command))
    floor = statistics.median(times["floor"])
    print(f"import torch: {floor:.2f} s (median of {ROUNDS})")
    line("triplet check ch04, cold", statistics.median(times["ch04"]) / floor, 1.5, "x")
    line("triplet check --all, cold", statistics.median(times["all"]) / floor, 3.0, "x")


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
    cold_starts()
    saves()
