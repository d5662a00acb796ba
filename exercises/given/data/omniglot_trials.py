"""The published one-shot questions of Omniglot: to find a character among twenty examples.

Twenty runs ask twenty questions each. All characters of a run are of one alphabet, which is in no
background set; one person drew the examples, and another one the questions.
"""

from dataclasses import dataclass

import numpy as np

from ..errors import DataError
from .omniglot_files import ink_of, opened

RUNS, WAYS = 20, 20


@dataclass(frozen=True)
class Trials:
    """examples and questions bool (runs, 20, 105, 105), answers int (runs, 20): whose example."""

    examples: np.ndarray
    questions: np.ndarray
    answers: np.ndarray


def read_trials() -> Trials:
    """Return the 400 questions, in the published order. Raises DataError."""
    archive = opened("all_runs.zip")
    parts: list[list[np.ndarray]] = [[], [], []]
    for run in range(1, RUNS + 1):
        lines = archive.read(f"run{run:02}/class_labels.txt").decode().split("\n")
        pairs = [tuple(line.split()) for line in lines if line.strip()]  # (question, example)
        examples = sorted(example for _, example in pairs)
        if len(pairs) != WAYS or len(set(examples)) != WAYS:
            raise DataError(f"all_runs.zip: run {run} has other than {WAYS} questions.")
        parts[0].append(np.stack([ink_of(archive, name) for name in examples]))
        parts[1].append(np.stack([ink_of(archive, name) for name, _ in pairs]))
        parts[2].append(np.array([examples.index(example) for _, example in pairs]))
    return Trials(*map(np.stack, parts))
