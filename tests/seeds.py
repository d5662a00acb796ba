"""The long form of the kill matrix: every accepted solution and every mistake, many seeds.

python -m tests.seeds 200

No verdict may hang on what a seed draws: a mistake fails the same checks under every seed.
"""

import multiprocessing
import os
import sys
from collections import defaultdict
from concurrent.futures import ProcessPoolExecutor

import torch
from rich.progress import track

from autograder.authoring.kill_matrix import Row, row_of
from autograder.chapters import EXERCISE_CHAPTERS
from autograder.grading.grade import Known
from autograder.grading.misconceptions import misconceptions_of
from tests.test_misconceptions import ACCEPTED, not_passed


def under(seed: int) -> tuple[list[object], list[Row]]:
    """Return the false alarms of one seed, and what became of every mistake."""
    torch.set_num_threads(1)  # the tensors are tiny: see conftest.py
    seeds = range(seed, seed + 1)
    alarms = [
        alarm
        for chapter in EXERCISE_CHAPTERS
        for folder in ACCEPTED
        for alarm in not_passed(folder, chapter, seeds)
    ]
    known = Known()
    mistakes = [one for chapter in EXERCISE_CHAPTERS for one in misconceptions_of(chapter)]
    return alarms, [row_of(one, seed, known) for one in mistakes]


def main(seeds: int) -> int:
    """Print what went wrong, and return the exit code."""
    # Fresh processes: a fork of one that has run torch may hang.
    fresh = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(os.cpu_count(), mp_context=fresh) as processes:
        every = list(track(processes.map(under, range(seeds)), "Seeds", total=seeds))
    alarms = [alarm for own, _ in every for alarm in own]
    rows = [row for _, own in every for row in own]
    survivors = [(row.misconception, row.seed) for row in rows if row.survived]
    misnamed = [(row.misconception, row.named, row.seed) for row in rows if not row.is_named]
    verdicts: dict[str, dict[tuple[str, ...], list[int]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        verdicts[row.misconception][row.failed].append(row.seed)
    changing = {identity: own for identity, own in verdicts.items() if len(own) > 1}
    graded = seeds * len(EXERCISE_CHAPTERS) * len(ACCEPTED)
    print(f"{graded} gradings of right chapters: {len(alarms)} false alarms {alarms[:5]}")
    print(f"{len(rows)} gradings of mistakes: {len(survivors)} survivors {survivors[:5]},")
    print(f"    {len(misnamed)} named wrongly or not {misnamed[:5]},")
    print(f"    {len(changing)} fail other checks under another seed {[*changing.items()][:3]}")
    return 1 if alarms or survivors or misnamed or changing else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
