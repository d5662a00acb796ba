"""The long form of the kill matrix: every accepted solution and every mistake, many seeds.

python -m tests.seeds 200

No verdict may hang on what a seed draws: a mistake fails the same checks under every seed.
"""

import sys
from collections import defaultdict

import torch
from rich.progress import track

from autograder.authoring.kill_matrix import row_of
from autograder.chapters import EXERCISE_CHAPTERS
from autograder.grading.grade import Known
from autograder.grading.misconceptions import misconceptions_of
from tests.test_misconceptions import ACCEPTED, not_passed


def main(seeds: int) -> int:
    """Print what went wrong, and return the exit code."""
    torch.set_num_threads(1)  # the tensors are tiny: see conftest.py
    alarms, survivors, misnamed, graded, rows = [], [], [], 0, 0
    mistakes = [one for chapter in EXERCISE_CHAPTERS for one in misconceptions_of(chapter)]
    verdicts: dict[str, dict[tuple[str, ...], list[int]]] = defaultdict(lambda: defaultdict(list))
    for seed in track(range(seeds), "Seeds"):
        for chapter in EXERCISE_CHAPTERS:
            for folder in ACCEPTED:
                alarms += not_passed(folder, chapter, range(seed, seed + 1))
                graded += 1
        known = Known()
        for one in mistakes:
            row = row_of(one, seed, known)
            rows += 1
            survivors += [(row.misconception, seed)] if row.survived else []
            misnamed += [] if row.is_named else [(row.misconception, row.named, seed)]
            verdicts[one.id][row.failed].append(seed)
    changing = {identity: own for identity, own in verdicts.items() if len(own) > 1}
    print(f"{graded} gradings of right chapters: {len(alarms)} false alarms {alarms[:5]}")
    print(f"{rows} gradings of mistakes: {len(survivors)} survivors {survivors[:5]},")
    print(f"    {len(misnamed)} named wrongly or not {misnamed[:5]},")
    print(f"    {len(changing)} fail other checks under another seed {[*changing.items()][:3]}")
    return 1 if alarms or survivors or misnamed or changing else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
