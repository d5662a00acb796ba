"""The long form of the kill matrix: every accepted solution and every mistake, many seeds.

python -m tests.seeds 200
python -m tests.seeds 200 --only accepted
python -m tests.seeds 100 --only verdicts

No verdict may hang on what a seed draws: a mistake fails the same checks under every seed.
"""

import multiprocessing
import os
import sys
from collections import defaultdict
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor

import click
import torch
from rich.progress import track

from autograder.authoring.kill_matrix import Row, row_of
from autograder.chapters import EXERCISE_CHAPTERS, Chapter
from autograder.grading.diagnosis import Diagnosis, Run
from autograder.grading.grade import Grader, Known
from autograder.grading.misconceptions import misconceptions_of
from tests.test_misconceptions import ACCEPTED, not_passed

EVERYTHING, ONLY_ACCEPTED, ONLY_VERDICTS = "everything", "accepted", "verdicts"


class Verdicts(Grader):
    """Grade without looking for names, which takes most of the time."""

    def _diagnose(self, chapter: Chapter, name: str, runs: list[Run]) -> Diagnosis:
        return {}


def under(seed: int, only: str) -> tuple[list[object], list[Row]]:
    """Return the false alarms of one seed, and what became of every mistake."""
    torch.set_num_threads(1)  # the tensors are tiny: see conftest.py
    alarms = [] if only == ONLY_VERDICTS else false_alarms(seed)
    return alarms, [] if only == ONLY_ACCEPTED else rows_under(seed, only)


def false_alarms(seed: int) -> list[object]:
    return [
        alarm
        for chapter in EXERCISE_CHAPTERS
        for folder in ACCEPTED
        for alarm in not_passed(folder, chapter, range(seed, seed + 1))
    ]


def rows_under(seed: int, only: str) -> list[Row]:
    grader = Verdicts if only == ONLY_VERDICTS else Grader
    known = Known()
    return [
        row_of(one, seed, known, grader)
        for chapter in EXERCISE_CHAPTERS
        for one in misconceptions_of(chapter)
    ]


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("seeds", type=click.IntRange(min=1))
@click.option(
    "--only",
    type=click.Choice([EVERYTHING, ONLY_ACCEPTED, ONLY_VERDICTS]),
    default=EVERYTHING,
    show_default=True,
    help="Grade right chapters only, or mistakes without their names.",
)
def main(seeds: int, only: str) -> None:
    """Grade under so many SEEDS. Exit code 1 if there is a false alarm or a changing verdict."""
    # Fresh processes: a fork of one that has run torch may hang.
    fresh = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(os.cpu_count(), mp_context=fresh) as processes:
        results = processes.map(under, range(seeds), [only] * seeds)
        every = list(track(results, "Seeds", total=seeds))
    bad = False
    if only != ONLY_VERDICTS:
        bad |= tell_alarms([alarm for own, _ in every for alarm in own], seeds)
    if only != ONLY_ACCEPTED:
        bad |= tell_rows([row for _, own in every for row in own], only)
    sys.exit(bad)


def tell_alarms(alarms: Sequence[object], seeds: int) -> bool:
    graded = seeds * len(EXERCISE_CHAPTERS) * len(ACCEPTED)
    print(f"{graded} gradings of right chapters: {len(alarms)} false alarms {alarms[:5]}")
    return bool(alarms)


def tell_rows(rows: Sequence[Row], only: str) -> bool:
    survivors = [(row.misconception, row.seed) for row in rows if row.survived]
    print(f"{len(rows)} gradings of mistakes: {len(survivors)} survivors {survivors[:5]},")
    misnamed = [(row.misconception, row.named, row.seed) for row in rows if not row.is_named]
    if only == ONLY_VERDICTS:
        misnamed = []
    else:
        print(f"    {len(misnamed)} named wrongly or not {misnamed[:5]},")
    changing = changing_verdicts(rows)
    print(f"    {len(changing)} fail other checks under another seed {[*changing.items()][:3]}")
    return bool(survivors or misnamed or changing)


def changing_verdicts(rows: Sequence[Row]) -> dict[str, dict[tuple[str, ...], list[int]]]:
    """Return, of each mistake that fails other checks under another seed, which under which."""
    verdicts: dict[str, dict[tuple[str, ...], list[int]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        verdicts[row.misconception][row.failed].append(row.seed)
    return {identity: own for identity, own in verdicts.items() if len(own) > 1}


if __name__ == "__main__":
    main()
